-- Cases, their log, what is due, and what people gave. Every table of case data starts its key with case_id and
-- refers only within its case (people apart), so that the tables can be distributed by it.
-- Instants keep milliseconds, as the domain does: a finer column would make page cursors lose rows.

create table people (
  id uuid primary key,
  name text not null,
  title text,
  language text not null check (language in ('fi', 'sv', 'en')),
  roles text[] not null default '{}'
    check (roles <@ array['participant', 'expert', 'agent', 'facilitator', 'decider', 'coordinator', 'admin'])
);

-- The fill factor leaves room for the next version of a row in its own page.
create table cases (
  id uuid primary key,
  workflow text not null,
  workflow_version int not null,
  seq int not null check (seq > 0),
  version int not null check (version >= 0),
  visit int not null check (visit between 0 and version),
  step text not null,
  snapshot jsonb not null,
  head text not null check (length(head) = 64),
  is_public boolean not null,
  language text not null check (language in ('fi', 'sv', 'en')),
  created_at timestamptz(3) not null,
  updated_at timestamptz(3) not null
) with (fillfactor = 70);

-- The newest change first, as the list of cases shows them.
create index cases_by_change on cases (updated_at desc, id desc);

-- body is the exact text that was hashed: jsonb would not give it back byte for byte.
create table log (
  case_id uuid not null references cases,
  seq int not null check (seq > 0),
  at timestamptz(3) not null,
  type text not null,
  kind text not null check (kind in ('transition', 'content')),
  actor text not null,
  body text not null,
  prev text not null,
  hash text not null,
  idempotency_key text,
  request_hash text,
  answer jsonb not null,
  primary key (case_id, seq)
);
create unique index log_idempotency_key on log (case_id, idempotency_key) where idempotency_key is not null;

create table log_texts (
  case_id uuid not null,
  seq int not null,
  field text collate "C" not null,
  salt text not null,
  body text not null,
  primary key (case_id, seq, field),
  foreign key (case_id, seq) references log on delete cascade
);

-- try_at: from when on a worker may take the row; a lease moves it on, so one index finds what is due.
create table deadlines (
  case_id uuid not null references cases,
  name text collate "C" not null,
  visit int not null,
  due_at timestamptz(3) not null,
  event text not null,
  try_at timestamptz(3) not null,
  attempts int not null default 0,
  missing text[] not null default '{}',
  primary key (case_id, name)
);
create index deadlines_by_turn on deadlines (try_at);

-- Rows come and go with the work. They are only ever written together with their log row, and a foreign key to it
-- would cost every command a look-up.
create table effects (
  case_id uuid not null,
  seq int not null,
  n int not null,
  kind text not null,
  payload jsonb not null,
  made_at timestamptz(3) not null,
  try_at timestamptz(3) not null,
  attempts int not null default 0,
  last_error text,
  dead_at timestamptz(3),
  primary key (case_id, seq, n)
);
create index effects_by_turn on effects (try_at) where dead_at is null;
create index effects_put_aside on effects (dead_at) where dead_at is not null;

create table case_texts (
  case_id uuid not null references cases,
  key text collate "C" not null check (
    key in (
      'title', 'question', 'theme', 'concerns', 'service', 'canInfluence', 'cannotInfluence', 'workshopTheme',
      'workshopPlace', 'summary'
    )
  ),
  body text not null,
  primary key (case_id, key)
);

create table members (
  case_id uuid not null references cases,
  person_id uuid not null references people,
  role text collate "C" not null
    check (role in ('participant', 'expert', 'agent', 'facilitator', 'decider', 'coordinator', 'admin')),
  capacity text not null check (capacity in ('client', 'relative', 'expert', 'worker', 'decider')),
  primary key (case_id, person_id, role)
);
create index members_by_person on members (person_id, case_id);

create table participants (
  case_id uuid not null references cases,
  id uuid not null,
  person_id uuid references people,
  pseudonym text not null,
  code text collate "C" not null,
  source text not null check (source in ('card', 'self')),
  created_at timestamptz(3) not null,
  primary key (case_id, id),
  unique (case_id, pseudonym)
);
create index participants_by_person on participants (person_id, case_id) where person_id is not null;

-- Codes are one of a kind in the whole installation; a directory of its own keeps every other key within its case.
create table card_codes (
  code text collate "C" primary key,
  case_id uuid not null,
  participant_id uuid not null
);
create index card_codes_by_participant on card_codes (case_id, participant_id);

create table contributions (
  case_id uuid not null,
  id uuid not null,
  participant_id uuid not null,
  parent_id uuid,
  origin text not null check (origin in ('online', 'table', 'paper', 'document')),
  origin_note text,
  kind text not null check (kind in ('need', 'experience', 'suggestion', 'comment')),
  body text not null,
  salt text not null,
  recorded_by uuid references people,
  created_at timestamptz(3) not null,
  primary key (case_id, id),
  foreign key (case_id, participant_id) references participants,
  foreign key (case_id, parent_id) references contributions
);
create index contributions_by_time on contributions (case_id, created_at, id);
create index contributions_by_parent on contributions (case_id, parent_id, created_at, id);
create index contributions_by_participant on contributions (case_id, participant_id);

create table themes (
  case_id uuid not null references cases,
  id uuid not null,
  title text not null,
  primary key (case_id, id)
);

create table contribution_themes (
  case_id uuid not null,
  contribution_id uuid not null,
  theme_id uuid not null,
  primary key (case_id, contribution_id),
  foreign key (case_id, contribution_id) references contributions,
  foreign key (case_id, theme_id) references themes
);
create index contribution_themes_by_theme on contribution_themes (case_id, theme_id);

create table statements (
  case_id uuid not null,
  id uuid not null,
  participant_id uuid not null,
  body text not null,
  salt text not null,
  created_at timestamptz(3) not null,
  primary key (case_id, id),
  foreign key (case_id, participant_id) references participants
);

create table votes (
  case_id uuid not null,
  statement_id uuid not null,
  participant_id uuid not null,
  value text not null check (value in ('agree', 'disagree', 'pass')),
  primary key (case_id, statement_id, participant_id),
  foreign key (case_id, statement_id) references statements,
  foreign key (case_id, participant_id) references participants
);

create table proposals (
  case_id uuid not null references cases,
  id uuid not null,
  number int not null check (number > 0),
  title text not null,
  body text not null,
  primary key (case_id, id)
);

create table proposal_sources (
  case_id uuid not null,
  proposal_id uuid not null,
  contribution_id uuid not null,
  primary key (case_id, proposal_id, contribution_id),
  foreign key (case_id, proposal_id) references proposals,
  foreign key (case_id, contribution_id) references contributions
);
create index proposal_sources_by_contribution on proposal_sources (case_id, contribution_id);

create table accountings (
  case_id uuid not null,
  contribution_id uuid not null,
  outcome text not null check (outcome in ('merged', 'leftOut')),
  into_id uuid,
  reason text,
  primary key (case_id, contribution_id),
  foreign key (case_id, contribution_id) references contributions,
  foreign key (case_id, into_id) references contributions,
  check ((outcome = 'merged') = (into_id is not null)),
  check (outcome <> 'leftOut' or reason is not null)
);

create table responses (
  case_id uuid not null,
  proposal_id uuid not null,
  outcome text not null check (outcome in ('adopted', 'partly', 'forwarded', 'notAdopted')),
  reason text not null,
  forwarded_to text,
  next_step text not null,
  next_step_on date not null,
  person_id uuid not null references people,
  given_at timestamptz(3) not null,
  primary key (case_id, proposal_id),
  foreign key (case_id, proposal_id) references proposals
);

create table follow_ups (
  case_id uuid not null,
  id uuid not null,
  proposal_id uuid not null,
  state text not null check (state in ('kept', 'late', 'changed')),
  body text not null,
  recorded_by uuid references people,
  created_at timestamptz(3) not null,
  primary key (case_id, id),
  foreign key (case_id, proposal_id) references proposals
);
create index follow_ups_by_proposal on follow_ups (case_id, proposal_id);

create table feedbacks (
  case_id uuid not null,
  participant_id uuid not null,
  channel text not null check (channel in ('message', 'card')),
  given_at timestamptz(3) not null,
  primary key (case_id, participant_id),
  foreign key (case_id, participant_id) references participants
);

create table heard (
  case_id uuid not null,
  participant_id uuid not null,
  answer text not null check (answer in ('yes', 'partly', 'no')),
  body text,
  given_at timestamptz(3) not null,
  primary key (case_id, participant_id),
  foreign key (case_id, participant_id) references participants
);

create table workshops (
  case_id uuid not null references cases,
  id uuid not null,
  held_on date not null,
  on_site int not null check (on_site >= 0),
  remote int not null check (remote >= 0),
  notes text,
  primary key (case_id, id)
);
