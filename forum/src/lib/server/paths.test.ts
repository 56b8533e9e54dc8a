import { expect, it } from 'vitest';
import { ownPath } from './paths.ts';

it.each([
  ['/cases/1?after=x', '/cases/1?after=x'],
  [undefined, '/'],
  ['//evil.example', '/'],
  ['/\\evil.example', '/'],
  ['/\t/evil.example', '/'],
  ['https://evil.example', '/'],
  ['javascript:alert(1)', '/'],
  ['/..//evil.example', '/'],
])('goes back to %s as %s', (path, way) => {
  expect(ownPath(path)).toBe(way);
});
