/* eslint-disable @typescript-eslint/no-unsafe-member-access,
   @typescript-eslint/no-unsafe-assignment, @typescript-eslint/no-unsafe-call,
   @typescript-eslint/no-unsafe-return -- a spoilt file fits no type */
import { describe, expect, test } from 'vitest';
import type { FieldProblem } from '../errors.ts';
import { good, nobody, problemsOf, rechained, rowOf, spoilt, toldByHistory } from './testing/spoilt.ts';
import type { Loose } from './testing/spoilt.ts';

describe('a log is refused when', () => {
  const isRefused = (path: string, spoil: (file: Loose) => void) => async () =>
    expect(await problemsOf(spoilt(spoil))).toEqual([{ path, problem: 'invalid' }]);

  test(
    'a row was changed',
    isRefused('log.3', (f) => void (f.log[3].body = f.log[3].body.replace('"step":', '"step": '))),
  );
  test(
    'a row is missing',
    isRefused('log.3', (f) => void f.log.splice(3, 1)),
  );
  test(
    'a row is there twice',
    isRefused('log.4', (f) => void f.log.splice(3, 0, structuredClone(f.log[3]))),
  );
  test(
    'two rows changed places',
    isRefused('log.2', (f) => void ([f.log[2], f.log[3]] = [f.log[3], f.log[2]])),
  );
  test(
    'the last row is missing',
    isRefused('case.head', (f) => void f.log.pop()),
  );
  test(
    'there is no row at all',
    isRefused('case.head', (f) => Object.assign(f, { log: [], logTexts: [] })),
  );
  test(
    'a column says otherwise than the text',
    isRefused('log.3', (f) => void (f.log[3].type = 'need.raised')),
  );
  test(
    'a row belongs to another case',
    isRefused('log.0', (f) => void (f.case.id = nobody)),
  );
  test(
    'its text is no JSON',
    isRefused('log.3.body', (f) => void (f.log[3].body = '{')),
  );
  test(
    'its text is null',
    isRefused('log.3.body', (f) => void (f.log[3].body = 'null')),
  );
  test(
    'a contribution says other words than were committed to',
    isRefused('log.4', (f) => void (f.content.contributions[1].body = 'Kaikki on hyvin.')),
  );
  test('a reason says other words than were committed to', async () => {
    const row = rowOf(good, 'period.extended');
    await isRefused(`log.${row}`, (f) => {
      f.logTexts.find((text: Loose) => text.seq === row + 1).body = 'Kesälomat';
    })();
  });

  test('its rows, chained anew, tell events in an order that the process refuses', async () => {
    const closed = rowOf(good, 'period.closed');
    const file = spoilt((f) =>
      rechained(f, (rows) => {
        const [accepted] = rows.filter((row) => row.type === 'need.accepted');
        Object.assign(accepted!, { type: 'period.closed', data: {} });
        Object.assign(rows[closed]!, { type: 'need.accepted' });
      }),
    );
    expect(await problemsOf(file)).toEqual([
      { path: `log.${rowOf(good, 'need.accepted')}.type`, problem: 'invalid' },
    ]);
  });

  test.each(['xstate.stop', 'xstate.init', 'no.such.event', 'toString'])(
    'its rows, chained anew, hold %s',
    async (type) => {
      const row = rowOf(good, 'period.extended');
      const file = spoilt((f) => rechained(f, (rows) => void Object.assign(rows[row]!, { type, data: {} })));
      expect(await problemsOf(file)).toEqual([{ path: `log.${row}.body`, problem: 'invalid' }]);
    },
  );

  test.each<[string, object]>([
    ['a date that is none', { data: { closesAt: 'soon' } }],
    ['a date in another spelling than ours', { data: { closesAt: '2017-09-27T06:00:00Z' } }],
    ['a field that the event does not carry', { data: { closesAt: '2017-09-27T06:00:00.000Z', more: 1 } }],
    ['data that is a list', { data: [] }],
  ])('its rows, chained anew, carry %s', async (_, change) => {
    const row = rowOf(good, 'period.extended');
    const file = spoilt((f) => rechained(f, (rows) => void Object.assign(rows[row]!, change)));
    expect(await problemsOf(file)).toEqual([{ path: `log.${row}.body`, problem: 'invalid' }]);
  });

  test.each<[string, object]>([
    ['no facts where the guard looks at them', { facts: undefined }],
    [
      'facts that would not have let the event through',
      { facts: { contributionsUnaccounted: 0, texts: [] } },
    ],
  ])('its rows, chained anew, hold %s', async (_, change) => {
    const row = rowOf(good, 'need.accepted');
    const file = spoilt((f) => rechained(f, (rows) => void Object.assign(rows[row]!, change)));
    expect(await problemsOf(file)).toEqual([{ path: `log.${row}.type`, problem: 'invalid' }]);
  });

  test('a row, chained anew, counts versions of its own', async () => {
    const row = rowOf(good, 'period.extended');
    const file = spoilt((f) => rechained(f, (rows) => void Object.assign(rows[row]!, { version: 7 })));
    expect(await problemsOf(file)).toEqual([{ path: `log.${row}.type`, problem: 'invalid' }]);
  });

  test.each<[string, unknown]>([
    ['seq', 99],
    ['version', 99],
    ['visit', 0],
    ['step', 'open'],
    ['snapshot', { value: 'open' }],
  ])('the case says another %s than its log leads to', async (name, value) => {
    const file = spoilt((f) => void (f.case[name] = value));
    expect(await problemsOf(file)).toEqual([{ path: `case.${name}`, problem: 'invalid' }]);
  });
});

describe('a history is refused when', () => {
  const accepted = {
    at: '2017-09-01T06:00:00Z',
    type: 'need.accepted',
    data: { closesAt: '2017-09-20T06:00:00Z' },
  };
  const closed = { at: '2017-09-21T06:00:00Z', type: 'period.closed' };

  test.each<[string, object[], FieldProblem]>([
    ['its events come in another order', [closed, accepted], { path: 'history.0.type', problem: 'invalid' }],
    [
      'a step ends before its time',
      [accepted, { ...closed, at: '2017-09-19T06:00:00Z' }],
      { path: 'history.1.type', problem: 'invalid' },
    ],
    [
      'an event is unknown',
      [{ ...closed, type: 'xstate.stop' }],
      { path: 'history.0.type', problem: 'not_one_of' },
    ],
    [
      'an event carries what it does not take',
      [{ ...accepted, data: { opensAt: '2017-09-20T06:00:00Z' } }],
      { path: 'history.0.data.opensAt', problem: 'unknown_field' },
    ],
    [
      'an event lacks its reason',
      [accepted, { at: '2017-09-02T06:00:00Z', type: 'period.extended', data: accepted.data }],
      { path: 'history.1.texts.reason', problem: 'required' },
    ],
    [
      'the period does not move',
      [
        accepted,
        { at: '2017-09-02T06:00:00Z', type: 'period.extended', data: accepted.data, texts: { reason: 'x' } },
      ],
      { path: 'history.1.type', problem: 'invalid' },
    ],
  ])('%s', async (_, history, problem) => {
    expect(await problemsOf(toldByHistory(history))).toEqual([problem]);
  });

  test('it comes with words of a log', async () => {
    const file = toldByHistory([accepted]);
    file.logTexts = good.logTexts;
    expect(await problemsOf(file)).toEqual([{ path: 'logTexts', problem: 'unknown_field' }]);
  });
});
