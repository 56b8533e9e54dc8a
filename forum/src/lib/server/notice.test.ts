import { describe, expect, it } from 'vitest';
import { leaveNotice, takeNotice } from './notice.ts';
import type { Notice } from './notice.ts';

/** A browser that keeps one cookie of each name. */
function browser() {
  const kept = new Map<string, string>();
  return {
    kept,
    get: (name: string) => kept.get(name),
    set: (name: string, value: string) => void kept.set(name, value),
    delete: (name: string) => void kept.delete(name),
  };
}

const url = new URL('https://lakeus.example/cases/1');

function told(notice: Notice): Notice | null {
  const cookies = browser();
  leaveNotice({ cookies, url }, notice);
  return takeNotice(cookies);
}

/** What a page takes from a cookie that somebody made up. */
function taken(made: unknown): Notice | null {
  const cookies = browser();
  leaveNotice({ cookies, url }, { key: 'any' });
  const [name = ''] = cookies.kept.keys();
  cookies.set(name, typeof made === 'string' ? made : JSON.stringify(made));
  return takeNotice(cookies);
}

const undo = { action: '/cases/1/planning?/remove', fields: { personId: 'p', role: 'agent' } };

describe('a notice', () => {
  it('arrives as it was left, with its way back', () => {
    const notice = { key: 'memberNamed', values: { name: 'Aino', count: 2 }, undo };
    expect(told(notice)).toEqual(notice);
  });

  it('is told once', () => {
    const cookies = browser();
    leaveNotice({ cookies, url }, { key: 'voted' });
    expect(takeNotice(cookies)).not.toBeNull();
    expect(takeNotice(cookies)).toBeNull();
  });

  it('that is too long goes without its way back, and keeps what it is about', () => {
    const long = { ...undo, fields: { steps: 'ä'.repeat(3_000) } };
    expect(told({ key: 'accounted', values: { count: 50 }, undo: long })).toEqual({
      key: 'accounted',
      values: { count: 50 },
    });
  });

  it('that is too long even so is not told, rather than told in part', () => {
    expect(told({ key: 'themeMade', values: { title: 'ä'.repeat(3_000) } })).toBeNull();
  });
});

describe('a notice that somebody made up', () => {
  it.each([
    ['that is no JSON', '{'],
    ['that is nothing', 'null'],
    ['without a key', { values: {} }],
    ['with a key that leads elsewhere', { key: 'x.y' }],
    ['with a key that is no text', { key: ['voted'] }],
  ])('%s says nothing', (_, made) => {
    expect(taken(made)).toBeNull();
  });

  it.each(['https://evil.example/', '//evil.example', '/\\evil.example', 'javascript:alert(1)', 7])(
    'cannot send a form to %s',
    (action) => {
      expect(taken({ key: 'voted', undo: { action, fields: {} } })).toEqual({ key: 'voted', values: {} });
    },
  );

  it('fills in nothing but text and numbers', () => {
    const made = {
      key: 'voted',
      values: { a: 'b', c: { d: 1 } },
      undo: { ...undo, fields: { a: [1], b: 2 } },
    };
    expect(taken(made)).toEqual({
      key: 'voted',
      values: { a: 'b' },
      undo: { action: undo.action, fields: { b: '2' } },
    });
  });
});
