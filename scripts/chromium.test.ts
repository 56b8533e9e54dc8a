import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { NoChromium, findChromium, locateChromium } from './chromium.mjs';

let folder: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'lakeus-chromium-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

function program(name: string): string {
  const path = join(folder, name);
  writeFileSync(path, '#!/bin/sh\n');
  chmodSync(path, 0o755);
  return path;
}

test('CHROMIUM_PATH goes before whatever is installed', () => {
  program('chromium');
  const chosen = program('my-chrome');
  expect(findChromium({ env: { PATH: folder, CHROMIUM_PATH: chosen } })).toBe(chosen);
});

test('a CHROMIUM_PATH that cannot be run is said, not replaced by a guess', () => {
  const env = { PATH: folder, CHROMIUM_PATH: join(folder, 'gone') };
  expect(() => locateChromium(env)).toThrow(NoChromium);
  expect(() => locateChromium({ ...env, CHROMIUM_PATH: folder })).toThrow(/not a program/);
});

test('an installed one is found by its usual names', () => {
  const installed = program('google-chrome');
  expect(locateChromium({ PATH: folder })).toBe(installed);
});
