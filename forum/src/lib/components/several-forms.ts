import type { FormAnswer } from '#lib/server/forms.ts';

/** A page with several forms: what comes back belongs to the one that was sent, which its hidden field `form` names.
 * Field ids begin with the form's name, so that they are unique on the page and the error summary finds them. */
export function severalForms(answer: Partial<FormAnswer> | null | undefined) {
  const sent = answer?.values?.form;
  return {
    /** what came back to this form; nothing when another one was sent */
    of: (name: string): Partial<FormAnswer> | null => (answer && sent === name ? answer : null),
    /** the problems, with fields named by their ids */
    summary: answer && {
      problems: (answer.problems ?? []).map((problem) => ({
        ...problem,
        field: problem.field && sent ? `${sent}-${problem.field}` : problem.field,
      })),
    },
  };
}
