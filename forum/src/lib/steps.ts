/** The seven steps in order, as people see them. */
export const sevenSteps = ['need', 'planning', 'workshop', 'open', 'summary', 'review', 'feedback'] as const;
