import type { PictureWay } from '@lakeus/engine';
import { describe, expect, it } from 'vitest';
import { words } from '#lib/i18n.ts';
import { aboutWay } from './process-words.ts';

const way: PictureWay = {
  event: 'period.opened',
  kind: 'onward',
  from: ['workshop'],
  to: 'open',
  by: ['facilitator', 'agent'],
  byClock: false,
  needsReason: true,
  taken: 0,
  lastTakenAt: null,
};

describe('who decides on a way', () => {
  it.each([
    ['fi', 'fasilitaattori tai Innoagentti'],
    ['selko', 'ohjaaja tai Innoagentti'],
    ['sv', 'facilitator eller Innoagent'],
    ['en', 'facilitator or Innoagent'],
  ] as const)('is told in %s: %s', (locale, who) => {
    expect(aboutWay(words(locale), way)).toContain(who);
  });
});
