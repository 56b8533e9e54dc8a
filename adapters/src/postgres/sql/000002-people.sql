-- How people come in, and what they are told. Secrets are kept as SHA-256 hashes only.

create table sessions (
  token_hash text primary key,
  person_id uuid not null references people on delete cascade,
  expires_at timestamptz(3) not null
);
create index sessions_by_expiry on sessions (expires_at);

create table links (
  token_hash text primary key,
  purpose text not null check (purpose in ('brief', 'enter')),
  person_id uuid not null references people on delete cascade,
  case_id uuid,
  expires_at timestamptz(3) not null,
  used_at timestamptz(3)
);

create table api_tokens (
  token_hash text primary key,
  person_id uuid not null references people on delete cascade,
  name text not null,
  scopes text[] not null
);

create table messages (
  id uuid primary key,
  case_id uuid not null,
  person_id uuid not null references people,
  template text not null,
  "values" jsonb not null,
  created_at timestamptz(3) not null
);
create index messages_by_time on messages (created_at desc, id desc);
create index messages_by_person on messages (person_id, created_at desc, id desc);

create table settings (
  name text primary key,
  value text not null
);
