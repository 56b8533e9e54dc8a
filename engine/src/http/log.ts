import { z } from 'zod';
import type { RoleId } from '../case.ts';
import { may } from '../people/policy.ts';
import type { ShownLogEntry } from '../ports.ts';
import type { View } from '../process/engine.ts';
import type { LogContent } from '../process/log.ts';
import { answer } from './named.ts';
import { route } from './route.ts';
import type { Api } from './route.ts';
import { cursor, limitUpTo } from './shared.ts';
import { namedRoles, pageOf, seesResponses } from './shown.ts';

/** What has happened to a case, as everybody may read it: who acted in office is named, whoever took part is not. */

const logEntry = answer(
  'LogEntry',
  z.strictObject({
    seq: z.int(),
    at: z.iso.datetime(),
    type: z.string(),
    kind: z.enum(['transition', 'content']),
    version: z.int(),
    step: z.string(),
    /** named when they acted in office; whoever takes part is known by their pseudonym alone */
    actor: z.strictObject({
      kind: z.enum(['person', 'participant', 'guest', 'clock', 'operator']),
      name: z.string().nullable(),
    }),
    data: z.record(z.string(), z.unknown()),
    texts: z.record(z.string(), z.string()),
    prev: z.string(),
    hash: z.string(),
    /** the text that was hashed, for staff: it refers to people by id */
    body: z.string().nullable(),
  }),
);

const logSchema = answer('Log', pageOf(logEntry));

/** What people do as themselves, under a pseudonym; the log must not tie it to their account. */
const ownDoings: readonly string[] = [
  'need.raised',
  'contribution.made',
  'statement.made',
  'participant.joined',
  'heard.answered',
];

function shownEntry(
  entry: ShownLogEntry,
  view: View,
  inOffice: ReadonlySet<string>,
): z.input<typeof logEntry> {
  const { held } = view;
  const staff = may(held, 'members.name');
  const { version, step: stepThen, data = {} } = JSON.parse(entry.body) as LogContent;
  const [reference = '', id = ''] = entry.actor.split(':');
  const own = ownDoings.includes(entry.type);
  const kind = own && reference === 'person' ? 'participant' : reference;
  const draft = entry.type === 'response.given' && !seesResponses(view, held);
  const secret = draft || (entry.type === 'heard.answered' && !staff);
  const { personId: _, ...impersonal } = data;
  const named =
    reference === 'participant' || (!own && reference === 'person' && (staff || inOffice.has(id)));
  const name = named ? entry.actorName : null;
  return {
    seq: entry.seq,
    at: entry.at,
    type: entry.type,
    kind: entry.kind,
    version,
    step: stepThen,
    actor: { kind: kind as 'person', name },
    data: secret ? {} : staff ? data : impersonal,
    texts: secret ? {} : entry.texts,
    prev: entry.prev,
    hash: entry.hash,
    body: staff && !own && !draft ? entry.body : null,
  };
}

const office: readonly RoleId[] = [...namedRoles, 'coordinator', 'admin'];

export function logRoutes(api: Api): void {
  const { reader, people } = api;

  route(api, {
    method: 'get',
    path: '/api/v1/cases/{id}/log',
    id: 'readLog',
    summary: 'What has happened, row by row, each linked to the one before by its hash.',
    tag: 'cases',
    query: z.strictObject({ cursor, limit: limitUpTo(100, 50) }),
    answer: logSchema,
    handle: async ({ caseId, look, query }) => {
      const view = await look();
      const [page, { members }] = await Promise.all([reader.log(caseId, query), reader.overview(caseId)]);
      const inOffice = new Set(members.filter((m) => office.includes(m.role)).map((m) => m.personId));
      const actors = new Set(page.items.map((entry) => entry.actor).filter((a) => a.startsWith('person:')));
      const ids = [...actors].map((actor) => actor.slice('person:'.length)).filter((id) => !inOffice.has(id));
      for (const person of await Promise.all(ids.map((id) => people.person(id)))) {
        if (person?.roles.some((role) => office.includes(role))) inOffice.add(person.id);
      }
      const items = page.items.map((entry) => shownEntry(entry, view, inOffice));
      return { items, next: page.next, total: page.total };
    },
  });
}
