// Writes what is generated from the workflows: workflows/src/seven-steps/seven-steps.md, in Finnish, for a
// facilitator to proofread.
//
//   node scripts/generate.mjs [--messages=file.json]
//
// The words come from forum/messages/fi.json, so that the document says what the pages say.

import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { chartOf } from '../engine/src/process/chart.ts';

const at = (path) => fileURLToPath(new URL(`../${path}`, import.meta.url));

export const documentPath = at('workflows/src/seven-steps/seven-steps.md');
export const messagesPath = at('forum/messages/fi.json');

/**
 * The Finnish messages of a file, whether it holds one language or several.
 *
 * @returns {Record<string, string>}
 */
export function readMessages(path = messagesPath) {
  if (!existsSync(path)) throw new Error(`There are no messages in ${path}.`);
  const read = JSON.parse(readFileSync(path, 'utf8'));
  return read.fi ?? read;
}

/**
 * Looks words up, and remembers every key that has none, so that all of them can be told at once.
 *
 * @param {Record<string, string>} messages
 */
function wordsOf(messages) {
  const missing = new Set();
  const word = (key) => {
    const found = Object.hasOwn(messages, key) ? messages[key] : undefined;
    if (typeof found === 'string' && found.trim() !== '') return found;
    missing.add(key);
    return '';
  };
  return { word, missing };
}

/** What a guard asks, in words; `produced` is told as the list of what must be there. */
const conditions = {
  datesInOrder: 'päivät ovat järjestyksessä: avautuminen, sulkeutuminen, vastaus',
  extends: 'vaihe on vielä auki, ja uusi päättymispäivä on entistä myöhempi',
  answersNotPublished: 'vastauksia ei ole vielä julkaistu',
  answerStillDue: 'luvattu päivä on tullut, eikä myöhästymistä ole vielä merkitty',
  promisesLater: 'uusi päivä on vielä edessä',
};

const list = (items) => items.map((item) => `- ${item}`).join('\n');

const firstUp = (text) => text.charAt(0).toUpperCase() + text.slice(1);

/**
 * The states of a machine that people see, each with its ways; what stands on a parent is a way of every step in it.
 *
 * @returns {{ id: string, meta: object, ways: import('../engine/src/process/chart.ts').ChartWay[] }[]}
 */
function stepsOf({ states, ways }) {
  return states
    .filter(({ meta }) => meta !== null)
    .map(({ id, meta }) => ({ id, meta, ways: ways.filter(({ from }) => from.includes(id)) }));
}

/**
 * The process in Finnish, made of the machine and the messages alone.
 *
 * @param {{ machine: import('xstate').AnyStateMachine, events: Readonly<Record<string, object>> }} workflow
 * @param {Record<string, string>} messages - flat keys, Finnish
 * @returns {string} Markdown
 * @throws {Error} when a message is missing, naming every key, or when a guard has no words
 */
export function processDocument({ machine, events }, messages) {
  const { word, missing } = wordsOf(messages);
  const steps = stepsOf(chartOf(machine));
  const seven = steps.filter(({ meta }) => meta.onward !== undefined);
  const name = (step) => word(`step.${step}.name`);
  const who = (type) => {
    const roles = [events[type].by].flat().map((role) => word(`role.${role}.name`));
    return roles.join(' tai ');
  };
  const needsReason = (type) => (events[type].texts ?? []).includes('reason');
  const eventName = (type) => word(`event.${type}.name`);

  const condition = (guard) => {
    if (guard === null) return '–';
    if (!Object.hasOwn(conditions, guard))
      throw new Error(`The guard ${guard} has no Finnish words in generate.mjs.`);
    return conditions[guard];
  };

  const onwardLine = ({ meta, ways }) => {
    const way = ways.find(({ event }) => event === meta.onward);
    return `**${eventName(meta.onward)}** (${who(meta.onward)}). Seuraavaksi: ${name(way.to)}.`;
  };

  const everywhere = seven.reduce(
    (types, { ways }) => types.filter((type) => ways.some(({ event }) => event === type)),
    seven[0].ways.map(({ event }) => event),
  );
  const own = (step) =>
    step.ways.filter(({ event }) => event !== step.meta.onward && !everywhere.includes(event));

  const stepText = (step) => {
    const { id, meta } = step;
    const others = own(step).map(({ event: type, to }) => {
      const where = to ? `Paluu vaiheeseen ${name(to)}.` : 'Vaihe ei vaihdu.';
      return `**${eventName(type)}** (${who(type)}). ${where}${needsReason(type) ? ' Syy on julkinen.' : ''}`;
    });
    const deadlines = (meta.deadlines ?? []).map(({ name: deadline, event }) => {
      const told = word(`deadline.${deadline}.name`);
      return events[event].by === 'clock' && eventName(event) !== told
        ? `${told} → ${eventName(event)}`
        : told;
    });
    return [
      `## ${meta.order}. ${name(id)}`,
      word(`step.${id}.description`),
      `Vetovastuu: ${word(`role.${meta.lead}.name`)}.`,
      `### Ennen kuin voi jatkaa\n\n${list(meta.mustProduce.map((id) => word(`requirement.${id}.name`)))}`,
      `### Mitä vaihe ottaa vastaan\n\n${list(meta.accepts.map((id) => firstUp(word(`accepts.${id}.name`))))}`,
      `### Miten jatketaan\n\n${onwardLine(step)}`,
      ...(others.length > 0 ? [`### Mitä muuta vaiheessa voi tehdä\n\n${list(others)}`] : []),
      ...(deadlines.length > 0
        ? [`### Määräajat\n\nKello huolehtii näistä sovittuna aikana:\n\n${list(deadlines)}`]
        : []),
    ].join('\n\n');
  };

  const backText = () => {
    const asides = new Map();
    for (const step of steps) {
      for (const { event: type, to, toLast, guard } of step.ways) {
        if (type === step.meta.onward) continue;
        const key = `${type} ${toLast ? 'last' : (to ?? '')}`;
        const row = asides.get(key) ?? { type, from: [], to, toLast, guard };
        row.from.push(step.id);
        asides.set(key, row);
      }
    }
    const from = (ids) => {
      const all = seven.every(({ id }) => ids.includes(id));
      const others = ids.filter((id) => !all || !seven.some((step) => step.id === id));
      return [...(all ? ['mikä tahansa vaiheista 1–7'] : []), ...others.map(name)].join(', ');
    };
    const where = ({ to, toLast }) =>
      toLast ? 'siihen vaiheeseen, joka jäi kesken' : to === null ? 'vaihe ei vaihdu' : name(to);
    const rows = [...asides.values()].map(({ type, from: ids, guard, ...target }) => [
      eventName(type),
      from(ids),
      where(target),
      who(type),
      condition(guard),
      needsReason(type) ? 'kyllä' : 'ei',
    ]);
    const head = ['Mitä tehdään', 'Missä vaiheessa', 'Mihin siirrytään', 'Kuka', 'Ehto', 'Julkinen syy'];
    return [head, head.map(() => '---'), ...rows].map((row) => `| ${row.join(' | ')} |`).join('\n');
  };

  const asideText = steps
    .filter(({ meta }) => meta.onward === undefined)
    .map(({ id, meta }) => {
      const accepts = meta.accepts.map((accepted) => word(`accepts.${accepted}.name`)).join(' ja ');
      return `**${name(id)}.** ${word(`step.${id}.description`)}${accepts ? ` Vielä voi antaa: ${accepts}.` : ''}`;
    });

  const text = `${[
    '# Yhteiskehittäminen seitsemässä vaiheessa',
    'Tämä asiakirja kertoo, miten kehittämistapaus etenee Lakeudessa: mitä kussakin vaiheessa tehdään, mitä pitää olla valmiina ennen seuraavaa ja mistä voi palata. Teksti syntyy suoraan siitä, mitä ohjelma tekee, joten sitä ei muokata käsin. Lue se läpi ja kerro, jos jokin kohta ei vastaa tapaanne toimia.',
    ...seven.map(stepText),
    '## Paluut, tauot ja muutokset',
    `Prosessi ei kulje vain eteenpäin. Kun syy on julkinen, se näkyy kaikille tapauksen sivulla.\n\n${backText()}`,
    '## Kun tapaus on sivussa tai päättynyt',
    list(asideText),
  ].join('\n\n')}\n`;
  if (missing.size > 0) {
    throw new Error(
      `These messages are missing, so the document cannot be written: ${[...missing].join(', ')}`,
    );
  }
  return text;
}

if (import.meta.main) {
  const given = process.argv
    .slice(2)
    .find((arg) => arg.startsWith('--messages='))
    ?.slice('--messages='.length);
  const { sevenSteps } = await import('../workflows/src/index.ts');
  try {
    writeFileSync(documentPath, processDocument(sevenSteps, readMessages(given)));
    console.log(`Wrote ${documentPath}`);
  } catch (error) {
    console.error(error.message);
    process.exitCode = 1;
  }
}
