import { expect, it } from 'vitest';
import { problemsOf } from './forms.ts';

const invalid = (path: string) =>
  ({ id: 'invalid', fields: [{ path, problem: 'too_long', limit: 10_000 }] }) as const;

it('a problem calls its field what the label of the form says', () => {
  expect(problemsOf('fi', invalid('body'), { body: 'contribute.body' })).toEqual([
    {
      field: 'body',
      text: 'Liian pitkä teksti: ”Mitä haluat sanoa?”. Siihen mahtuu 10\u00a0000 merkkiä.',
    },
  ]);
});

it('without a label of its own, a field is called what it is called everywhere, by the last part of its path', () => {
  expect(problemsOf('en', invalid('as.reason'))[0]).toEqual({
    field: 'reason',
    text: expect.stringContaining('Reason') as string,
  });
});
