-- Texts that people write together. A document's content is its edits, in order; `folded` holds all up to `folded_seq`,
-- so that opening it does not read its whole life. Edits stay after folding: they are the history.

create table documents (
  case_id uuid not null references cases,
  id text collate "C" not null check (id ~ '^[a-z0-9-]{8,64}$'),
  kind text not null check (kind in ('table', 'shared', 'summary')),
  title text not null,
  created_at timestamptz(3) not null,
  primary key (case_id, id)
);

-- Ids of documents stand in addresses alone and are one of a kind in the whole installation; a directory of its own
-- keeps every other key within its case, as with the codes of cards.
create table document_ids (
  id text collate "C" primary key,
  case_id uuid not null
);

create table passages (
  case_id uuid not null,
  contribution_id uuid not null,
  document_id text collate "C" not null,
  anchor text not null,
  quote text not null,
  prefix text not null,
  suffix text not null,
  resolved_at timestamptz(3),
  primary key (case_id, contribution_id),
  foreign key (case_id, contribution_id) references contributions,
  foreign key (case_id, document_id) references documents
);
create index passages_by_document on passages (case_id, document_id);

-- Words that were taken out of sight. The contribution itself stays as it is.
create table hidings (
  case_id uuid not null,
  contribution_id uuid not null,
  reason text not null,
  person_id uuid references people,
  hidden_at timestamptz(3) not null,
  primary key (case_id, contribution_id),
  foreign key (case_id, contribution_id) references contributions
);

-- The row whose lock gives the edits of a document their numbers: they become visible in that order, whoever writes.
create table document_states (
  case_id uuid not null,
  document_id text collate "C" not null,
  seq int not null check (seq >= 0),
  folded_seq int not null default 0,
  folded bytea,
  folded_vector bytea,
  check ((folded is null) = (folded_vector is null)),
  primary key (case_id, document_id),
  foreign key (case_id, document_id) references documents
) with (fillfactor = 70);

-- One row for each author in each batch. The state row, written in the same statement, has the reference to the
-- document; another one here would cost every keystroke a look-up.
create table document_edits (
  case_id uuid not null,
  document_id text collate "C" not null,
  seq int not null check (seq > 0),
  at timestamptz(3) not null,
  author text collate "C" not null,
  update bytea not null,
  primary key (case_id, document_id, seq)
);

-- Who writes under which Yjs id: the first who used it. That tells the author of every letter, folded or not.
create table document_clients (
  case_id uuid not null,
  document_id text collate "C" not null,
  client bigint not null,
  author text collate "C" not null,
  primary key (case_id, document_id, client)
);

create table document_versions (
  case_id uuid not null,
  document_id text collate "C" not null,
  seq int not null,
  reason text not null
    check (reason in ('named', 'published', 'stepChanged', 'regular', 'beforeRepair', 'beforeRestore')),
  name text,
  author text collate "C" not null,
  authors text[] not null,
  at timestamptz(3) not null,
  state bytea not null,
  primary key (case_id, document_id, seq, reason),
  foreign key (case_id, document_id) references documents
);

-- Up to where somebody has been shown a document, to tell them what is new. It is nobody else's concern.
create table document_visits (
  case_id uuid not null,
  document_id text collate "C" not null,
  author text collate "C" not null,
  seq int not null check (seq >= 0),
  at timestamptz(3) not null,
  primary key (case_id, document_id, author),
  foreign key (case_id, document_id) references documents
);

-- Which case has which picture. The pictures themselves lie in the blob store.
create table pictures (
  case_id uuid not null references cases,
  hash text collate "C" not null check (hash ~ '^[0-9a-f]{64}$'),
  type text collate "C" not null,
  width int not null check (width > 0),
  height int not null check (height > 0),
  bytes int not null check (bytes > 0),
  added_by text collate "C" not null,
  added_at timestamptz(3) not null,
  primary key (case_id, hash)
);
create index pictures_by_hash on pictures (hash);
