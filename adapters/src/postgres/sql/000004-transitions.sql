-- The picture of a case asks for its transitions: a handful among thousands of rows of content.
create index log_transitions on log (case_id, seq) where kind = 'transition';
