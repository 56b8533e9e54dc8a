-- The front page asks which answers have been published, over all cases. These are the words of `publishedOutcomes`.
create index cases_answered on cases (id)
  where is_public and step not in ('merged', 'cancelled')
    and ((snapshot #>> '{snapshot,context,answeredAt}') is not null or step in ('feedback', 'closed'));
