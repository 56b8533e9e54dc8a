import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { bodyLimit } from './body.ts';
import { openWorld } from './testing/world.ts';
import type { Asked, World } from './testing/world.ts';

/** What is not taken in, and what the sender hears: a status, a problem's id, and the field. */

type Case = Awaited<ReturnType<World['caseAt']>>;
type Cases = { need: Case; open: Case; summary: Case; closed: Case };
/** the path may name a case, as `open/votes` */
type Row = [
  why: string,
  method: string,
  path: string,
  asked: Asked,
  status: number,
  id: string,
  field?: string,
];

let world: World;
let cases: Cases;

beforeAll(async () => {
  world = await openWorld(2);
  cases = {
    need: await world.caseAt('need'),
    open: await world.caseAt('open'),
    summary: await world.caseAt('summary'),
    closed: await world.caseAt('closed'),
  };
});
afterAll(() => expect(world.faults).toEqual([]));

const nobody = '00000000-0000-4000-8000-000000000000';
const say = (body: unknown): Asked => ({ body });
const staff = (body: unknown): Asked => ({ as: 'maija', body });
const raw = (text: string | Uint8Array<ArrayBuffer>, type = 'application/json'): Asked => ({
  raw: text,
  headers: { 'content-type': type },
});
const nested = (levels: number) => `{"body":${'['.repeat(levels)}${']'.repeat(levels)}}`;

const rows: Row[] = [
  ['a route that is not there', 'GET', '/api/v1/nothing', {}, 404, 'not_found'],
  ['a path outside the API', 'GET', '/api', {}, 404, 'not_found'],
  ['a path with a slash at its end', 'GET', '/api/v1/cases/', {}, 404, 'not_found'],
  ['a method that is not there', 'PUT', '/api/v1/cases', say({}), 405, 'method_not_allowed'],
  ['deleting a case', 'DELETE', 'open', { as: 'maija' }, 405, 'method_not_allowed'],
  ['an id that is none', 'GET', '/api/v1/cases/1', {}, 404, 'not_found'],
  ['an id with NUL', 'GET', '/api/v1/cases/%00', {}, 404, 'not_found'],
  ['an id that does not decode', 'GET', '/api/v1/cases/%E0%A4%A', {}, 404, 'not_found'],
  ['an id out of a prototype', 'GET', '/api/v1/cases/__proto__', {}, 404, 'not_found'],
  ['a case that is not there', 'GET', `/api/v1/cases/${nobody}`, {}, 404, 'not_found'],
  ['a case that is hidden', 'GET', 'need', {}, 404, 'not_found'],
  ['the log of a hidden case', 'GET', 'need/log', {}, 404, 'not_found'],
  ['the members of a hidden case', 'GET', 'need/members', {}, 404, 'not_found'],
  ['the cards of a hidden case', 'GET', 'need/cards', {}, 404, 'not_found'],
  ['the impact of a hidden case', 'GET', `need/impact?contributionId=${nobody}`, {}, 404, 'not_found'],
  ['saying something to a hidden case', 'POST', 'need/contributions', say({ body: 'X' }), 404, 'not_found'],
  ['moving a hidden case', 'POST', 'need/events', say({ type: 'need.accepted' }), 404, 'not_found'],
  ['a contribution of another case', 'GET', 'open/contributions/{summary}', {}, 404, 'not_found'],
  ['a card code that is none', 'GET', '/api/v1/impact/abc', {}, 404, 'not_found'],
  ['a card that is not there', 'GET', '/api/v1/impact/ZZZZ-ZZZZ', {}, 404, 'not_found'],

  ['a token that is not known', 'GET', '/api/v1/cases', { as: { authorization: 'Bearer nobody' } }, 401, 'token_unknown'],
  ['a token that is empty', 'GET', '/api/v1/cases', { as: { authorization: 'Bearer ' } }, 401, 'token_unknown'],
  ['a password', 'GET', '/api/v1/cases', { as: { authorization: 'Basic bWFpamE6eA==' } }, 401, 'token_unknown'],
  ['a token too long', 'GET', 'open', { as: { authorization: `Bearer ${'x'.repeat(5_000)}` } }, 401, 'token_unknown'],
  ['a card header that is none', 'GET', '/api/v1/cases', { as: { card: 'hello' } }, 401, 'card_unknown'],
  ['a card header of no card', 'GET', '/api/v1/cases', { as: { card: 'ZZZZ-ZZZZ' } }, 401, 'card_unknown'],

  ['a guest who describes', 'POST', 'need/texts', say({ texts: { theme: 'X' } }), 404, 'not_found'],
  ['who raised it, describing', 'POST', 'need/texts', { as: 'ville', body: { texts: { theme: 'X' } } }, 403, 'forbidden'],
  ['a guest who lists cards', 'GET', 'open/cards', {}, 403, 'forbidden'],
  ['a guest who prints cards', 'POST', 'open/cards', say({ count: 1 }), 403, 'forbidden'],
  ['a guest who records', 'POST', 'open/recorded-contributions', say({ body: 'X', origin: 'table' }), 403, 'forbidden'],
  ['a guest who names members', 'POST', 'open/members', say({ name: 'A', role: 'agent', capacity: 'worker' }), 403, 'forbidden'],
  ['a guest who asks for a person', 'POST', 'open/members', say({ personId: nobody, role: 'agent', capacity: 'worker' }), 403, 'forbidden'],
  ['a guest who moves a case', 'POST', 'open/events', say({ type: 'period.closed' }), 403, 'forbidden'],
  ['staff who answer for a decision-maker', 'POST', 'summary/responses', staff({ proposalId: nobody, outcome: 'adopted', reason: 'R', nextStep: 'N', nextStepOn: '2027-01-01' }), 403, 'forbidden'],
  ['heard without having taken part', 'POST', 'summary/heard', say({ answer: 'yes' }), 403, 'forbidden'],

  ['no body', 'POST', '/api/v1/cases', {}, 400, 'malformed_json'],
  ['an empty body', 'POST', '/api/v1/cases', raw(''), 400, 'malformed_json'],
  ['half of JSON', 'POST', '/api/v1/cases', raw('{"title":'), 400, 'malformed_json'],
  ['JSON with a comma too many', 'POST', '/api/v1/cases', raw('{"title":"X",}'), 400, 'malformed_json'],
  ['bytes that are not UTF-8', 'POST', '/api/v1/cases', raw(new Uint8Array([123, 34, 255, 34, 58, 49, 125])), 400, 'malformed_json'],
  ['a form', 'POST', '/api/v1/cases', raw('title=X', 'application/x-www-form-urlencoded'), 415, 'unsupported_media_type'],
  ['text', 'POST', '/api/v1/cases', raw('{}', 'text/plain'), 415, 'unsupported_media_type'],
  ['another charset', 'POST', '/api/v1/cases', raw('{}', 'application/json; charset=latin1'), 415, 'unsupported_media_type'],
  ['a compressed body', 'POST', '/api/v1/cases', { ...raw('{}'), headers: { 'content-encoding': 'gzip' } }, 415, 'unsupported_media_type'],
  ['a body too large', 'POST', '/api/v1/cases', say({ title: 'X', need: 'x'.repeat(1_000_000) }), 413, 'body_too_large'],

  ['null', 'POST', '/api/v1/cases', raw('null'), 422, 'invalid', ''],
  ['a number', 'POST', '/api/v1/cases', raw('1'), 422, 'invalid', ''],
  ['a list', 'POST', '/api/v1/cases', raw('[{"title":"X"}]'), 422, 'invalid', ''],
  ['nothing that is asked for', 'POST', '/api/v1/cases', say({}), 422, 'invalid', 'title'],
  ['a field too many', 'POST', '/api/v1/cases', say({ title: 'X', need: 'Y', admin: true }), 422, 'invalid', 'admin'],
  ['a key that reaches a prototype', 'POST', '/api/v1/cases', raw('{"title":"X","need":"Y","__proto__":{"a":1}}'), 422, 'invalid', '__proto__'],
  ['one further in', 'POST', 'open/events', raw('{"type":"period.closed","data":{"__proto__":1}}'), 422, 'invalid', 'data.__proto__'],
  ['a key named constructor', 'POST', '/api/v1/cases', raw('{"title":"X","need":"Y","constructor":1}'), 422, 'invalid', 'constructor'],
  ['a list for a text', 'POST', '/api/v1/cases', say({ title: ['X'], need: 'Y' }), 422, 'invalid', 'title'],
  ['an object for a text', 'POST', '/api/v1/cases', say({ title: {}, need: 'Y' }), 422, 'invalid', 'title'],
  ['a text of spaces', 'POST', '/api/v1/cases', say({ title: '  \n ', need: 'Y' }), 422, 'invalid', 'title'],
  ['a title too long', 'POST', '/api/v1/cases', say({ title: 'x'.repeat(201), need: 'Y' }), 422, 'invalid', 'title'],
  ['a text too long', 'POST', 'open/contributions', say({ body: 'x'.repeat(10_001) }), 422, 'invalid', 'body'],
  ['a text with NUL', 'POST', 'open/contributions', say({ body: 'a\u0000b' }), 422, 'invalid', 'body'],
  ['half a surrogate pair', 'POST', 'open/contributions', raw('{"body":"\\ud800"}'), 422, 'invalid', 'body'],
  ['a key with NUL', 'POST', 'open/contributions', raw('{"body":"X","a\\u0000":1}'), 422, 'invalid', 'a\u0000'],
  ['a language we have not', 'POST', '/api/v1/cases', say({ title: 'X', need: 'Y', language: 'de' }), 422, 'invalid', 'language'],
  ['33 levels', 'POST', 'open/contributions', raw(nested(33)), 422, 'invalid', `body${'.0'.repeat(31)}`],
  ['as many levels as a body holds', 'POST', 'open/contributions', raw(nested(bodyLimit / 2 - 10)), 422, 'invalid', `body${'.0'.repeat(31)}`],
  ['a need as a contribution', 'POST', 'open/contributions', say({ body: 'X', kind: 'need' }), 422, 'invalid', 'kind'],
  ['an answer to nothing', 'POST', 'open/contributions', say({ body: 'X', parentId: nobody }), 422, 'invalid', 'parentId'],
  ['an answer to what is no id', 'POST', 'open/contributions', say({ body: 'X', parentId: '7' }), 422, 'invalid', 'parentId'],
  ['the key in the body', 'POST', 'open/contributions', say({ body: 'X', idempotencyKey: 'in-the-body' }), 422, 'invalid', 'idempotencyKey'],
  ['a key too short', 'POST', 'open/contributions', { ...say({ body: 'X' }), headers: { 'idempotency-key': 'short' } }, 422, 'invalid', 'Idempotency-Key'],
  ['a key too long', 'POST', 'open/contributions', { ...say({ body: 'X' }), headers: { 'idempotency-key': 'k'.repeat(129) } }, 422, 'invalid', 'Idempotency-Key'],
  ['a statement too long', 'POST', 'open/statements', say({ body: 'x'.repeat(301) }), 422, 'invalid', 'body'],
  ['a vote for nothing', 'POST', 'open/votes', say({ statementId: nobody, value: 'agree' }), 422, 'invalid', 'statementId'],
  ['a vote of another kind', 'POST', 'open/votes', say({ statementId: nobody, value: 'maybe' }), 422, 'invalid', 'value'],
  ['a vote when it is over', 'POST', 'summary/votes', say({ statementId: nobody, value: 'agree' }), 409, 'not_in_this_step'],
  ['a contribution when it is over', 'POST', 'summary/contributions', say({ body: 'X' }), 409, 'not_in_this_step'],
  ['a proposal too early', 'POST', 'open/proposals', staff({ title: 'X', body: 'Y' }), 409, 'not_in_this_step'],
  ['no cards', 'POST', 'open/cards', staff({ count: 0 }), 422, 'invalid', 'count'],
  ['too many cards', 'POST', 'open/cards', staff({ count: 201 }), 422, 'invalid', 'count'],
  ['half a card', 'POST', 'open/cards', staff({ count: 1.5 }), 422, 'invalid', 'count'],
  ['more cards than there are numbers', 'POST', 'open/cards', { as: 'maija', raw: '{"count":1e999}' }, 422, 'invalid', 'count'],
  ['a card of no case', 'POST', 'open/recorded-contributions', staff({ body: 'X', origin: 'paper', code: 'ZZZZ-ZZZZ' }), 422, 'invalid', 'code'],
  ['recording what was online', 'POST', 'open/recorded-contributions', staff({ body: 'X', origin: 'online' }), 422, 'invalid', 'origin'],
  ['a member who is nobody', 'POST', 'open/members', staff({ personId: nobody, role: 'agent', capacity: 'worker' }), 422, 'invalid', 'personId'],
  ['a member without a name', 'POST', 'open/members', staff({ role: 'agent', capacity: 'worker' }), 422, 'invalid', 'name'],
  ['making an administrator', 'POST', 'open/members', staff({ name: 'X', role: 'admin', capacity: 'worker' }), 422, 'invalid', 'role'],
  ['removing nobody', 'DELETE', `open/members/${nobody}/agent`, { as: 'maija' }, 404, 'not_found'],
  ['removing from a role that is none', 'DELETE', `open/members/${nobody}/king`, { as: 'maija' }, 422, 'invalid', 'role'],
  ['a text that is not told of a case', 'POST', 'need/texts', staff({ texts: { slogan: 'X' } }), 422, 'invalid', 'texts.slogan'],
  ['no texts', 'POST', 'need/texts', staff({ texts: {} }), 422, 'invalid', 'texts'],
  ['a workshop on no day', 'POST', 'need/workshops', staff({ heldOn: '2026-02-30', onSite: 1, remote: 1 }), 422, 'invalid', 'heldOn'],
  ['a workshop of fewer than nobody', 'POST', 'need/workshops', staff({ heldOn: '2026-02-20', onSite: -1, remote: 1 }), 422, 'invalid', 'onSite'],

  ['an event that is none', 'POST', 'open/events', staff({ type: 'case.exploded' }), 422, 'unknown_event', 'type'],
  ['an event out of a prototype', 'POST', 'open/events', staff({ type: 'toString' }), 422, 'unknown_event', 'type'],
  ['an event of the machine’s own', 'POST', 'open/events', staff({ type: 'xstate.init' }), 422, 'unknown_event', 'type'],
  ['an event without a type', 'POST', 'open/events', staff({}), 422, 'invalid', 'type'],
  ['an event not yet', 'POST', 'need/events', staff({ type: 'summary.published' }), 409, 'not_in_this_step'],
  ['an event without its reason', 'POST', 'open/events', staff({ type: 'case.paused' }), 422, 'invalid', 'texts.reason'],
  ['an event with data too many', 'POST', 'need/events', staff({ type: 'need.accepted', data: { by: 'me' } }), 422, 'invalid', 'data.by'],
  ['data that is a list', 'POST', 'need/events', staff({ type: 'need.accepted', data: [] }), 422, 'invalid', 'data'],
  ['data further in', 'POST', 'need/events', staff({ type: 'need.accepted', data: { closesAt: {} } }), 422, 'invalid', 'data.closesAt'],
  ['an instant that is none', 'POST', 'open/events', staff({ type: 'period.extended', data: { closesAt: 'soon' }, texts: { reason: 'R' } }), 422, 'invalid', 'data.closesAt'],
  ['an instant too early', 'POST', 'open/events', staff({ type: 'period.extended', data: { closesAt: '2026-03-02T08:00:01Z' }, texts: { reason: 'R' } }), 422, 'invalid', 'data.closesAt'],
  ['merging into itself', 'POST', 'open/events', staff({ type: 'case.merged', data: { intoCaseId: '{open}' }, texts: { reason: 'R' } }), 422, 'invalid', 'data.intoCaseId'],
  ['merging into nothing', 'POST', 'open/events', staff({ type: 'case.merged', data: { intoCaseId: nobody }, texts: { reason: 'R' } }), 422, 'invalid', 'data.intoCaseId'],
  ['an older version', 'POST', 'open/events', staff({ type: 'period.closed', expectedVersion: 0 }), 409, 'case_changed'],
  ['an older version by header', 'POST', 'open/events', { ...staff({ type: 'period.closed' }), headers: { 'if-match': '"0"' } }, 412, 'case_changed'],
  ['a version that is none', 'POST', 'open/events', { ...staff({ type: 'period.closed' }), headers: { 'if-match': 'W/"1"' } }, 422, 'invalid', 'If-Match'],
  ['a version before all', 'POST', 'open/events', staff({ type: 'period.closed', expectedVersion: -1 }), 422, 'invalid', 'expectedVersion'],

  ['accounting for nothing', 'POST', 'summary/accountings', staff({ contributionIds: [], as: { outcome: 'waiting' } }), 422, 'invalid', 'contributionIds'],
  ['accounting for what is not there', 'POST', 'summary/accountings', staff({ contributionIds: [nobody], as: { outcome: 'waiting' } }), 422, 'invalid', 'contributionIds'],
  ['accounting for a list in a list', 'POST', 'summary/accountings', staff({ contributionIds: [[nobody]], as: { outcome: 'waiting' } }), 422, 'invalid', 'contributionIds.0'],
  ['leaving out without a reason', 'POST', 'summary/accountings', staff({ contributionIds: [nobody], as: { outcome: 'leftOut' } }), 422, 'invalid', 'as.reason'],
  ['accounting some other way', 'POST', 'summary/accountings', staff({ contributionIds: [nobody], as: { outcome: 'lost' } }), 422, 'invalid', 'as.outcome'],
  ['a proposal with its id', 'POST', 'summary/proposals', staff({ title: 'X', body: 'Y', proposalId: nobody }), 422, 'invalid', 'proposalId'],
  ['a proposal on nothing', 'POST', 'summary/proposals', staff({ title: 'X', body: 'Y', contributionIds: [nobody] }), 422, 'invalid', 'contributionIds'],
  ['rewriting nothing', 'PUT', `summary/proposals/${nobody}`, staff({ title: 'X', body: 'Y' }), 404, 'not_found'],
  ['withdrawing nothing', 'DELETE', `summary/proposals/${nobody}`, { as: 'maija' }, 404, 'not_found'],
  ['answering nothing', 'POST', 'summary/responses', { as: 'pekka', body: { proposalId: nobody, outcome: 'adopted', reason: 'R', nextStep: 'N', nextStepOn: '2027-01-01' } }, 422, 'invalid', 'proposalId'],
  ['answering for the past', 'POST', 'summary/responses', { as: 'pekka', body: { proposalId: '{proposal}', outcome: 'adopted', reason: 'R', nextStep: 'N', nextStepOn: '2020-01-01' } }, 422, 'invalid', 'nextStepOn'],
  ['forwarding to nobody', 'POST', 'summary/responses', { as: 'pekka', body: { proposalId: '{proposal}', outcome: 'forwarded', reason: 'R', nextStep: 'N', nextStepOn: '2027-01-01' } }, 422, 'invalid', 'forwardedTo'],
  ['following nothing up', 'POST', 'summary/follow-ups', staff({ proposalId: nobody, state: 'kept', body: 'X' }), 422, 'invalid', 'proposalId'],
  ['an answer that is none', 'POST', 'summary/heard', { as: 'ville', body: { answer: 'perhaps' } }, 422, 'invalid', 'answer'],

  ['a page too long', 'GET', '/api/v1/cases?limit=101', {}, 422, 'invalid', 'limit'],
  ['a page of nothing', 'GET', '/api/v1/cases?limit=0', {}, 422, 'invalid', 'limit'],
  ['a page of words', 'GET', '/api/v1/cases?limit=ten', {}, 422, 'invalid', 'limit'],
  ['two page lengths', 'GET', '/api/v1/cases?limit=1&limit=2', {}, 422, 'invalid', 'limit'],
  ['a cursor with NUL', 'GET', '/api/v1/cases?cursor=%00', {}, 422, 'invalid', 'cursor'],
  ['a cursor too long', 'GET', `/api/v1/cases?cursor=${'c'.repeat(501)}`, {}, 422, 'invalid', 'cursor'],
  ['a step with NUL', 'GET', '/api/v1/cases?steps=open&steps=%00', {}, 422, 'invalid', 'steps.1'],
  ['a question nobody asks', 'GET', '/api/v1/cases?order=asc', {}, 422, 'invalid', 'order'],
  ['a question to a prototype', 'GET', '/api/v1/cases?__proto__=1', {}, 422, 'invalid', '__proto__'],
  ['a page of contributions too long', 'GET', 'open/contributions?limit=1001', {}, 422, 'invalid', 'limit'],
  ['answers to what is no id', 'GET', 'open/contributions?parentId=7', {}, 422, 'invalid', 'parentId'],
  ['neither yes nor no', 'GET', 'open/contributions?unaccounted=1', {}, 422, 'invalid', 'unaccounted'],
  ['whose impact', 'GET', 'open/impact', {}, 422, 'invalid', 'contributionId'],
  ['the impact of nothing', 'GET', `open/impact?contributionId=${nobody}`, {}, 404, 'not_found'],
  ['too many sources', 'GET', 'summary/proposals?sources=1001', {}, 422, 'invalid', 'sources'],
]; // prettier-ignore

/** Puts the ids of the cases at hand where a row names them. */
function filled<T>(value: T): T {
  const text = JSON.stringify(value)
    .replaceAll('{summary}', cases.summary.contribution)
    .replaceAll('{open}', cases.open.id)
    .replaceAll('{proposal}', cases.summary.proposal);
  return JSON.parse(text) as T;
}

describe('what is refused', () => {
  it.each(rows)('%s', async (_, method, path, asked, status, id, field) => {
    const [of = '', ...rest] = path.split(/(?=[/?])/);
    const where = path.startsWith('/') ? path : cases[of as keyof Cases].path + rest.join('');
    const { raw: sent, ...others } = asked;
    const answer = await world.ask(method, filled(where), {
      ...filled(others),
      ...(sent !== undefined && { raw: sent }),
    });
    expect([answer.status, answer.json.id, answer.json.type]).toEqual([
      status,
      id,
      `urn:lakeus:problem:${id}`,
    ]);
    const paths = ((answer.json.fields ?? []) as { path: string }[]).map((each) => each.path);
    if (field !== undefined) expect(paths).toContain(field);
  });

  it('covers enough', () => expect(rows.length).toBeGreaterThanOrEqual(60));

  it('stops reading a body that does not end', async () => {
    let pulled = 0;
    const raw = new ReadableStream<Uint8Array>({
      pull: (controller) => {
        pulled += 16_384;
        controller.enqueue(new Uint8Array(16_384).fill(32));
      },
    });
    const { status, json } = await world.ask('POST', '/api/v1/cases', { raw });
    expect([status, json.limit]).toEqual([413, bodyLimit]);
    expect(pulled).toBeLessThan(bodyLimit * 2);
  });

  it('takes a sender who hangs up for one who has not sent JSON', async () => {
    const raw = new ReadableStream<Uint8Array>({ pull: (controller) => controller.error(new Error('gone')) });
    expect((await world.ask('POST', '/api/v1/cases', { raw })).status).toBe(400);
  });

  it('tells of fifty fields at most, in short', async () => {
    const body = Object.fromEntries(Array.from({ length: 5_000 }, (_, i) => [`${'field'.repeat(4)}${i}`, i]));
    const { json, text } = await world.ask('POST', '/api/v1/cases', { body });
    expect(json.fields).toHaveLength(50);
    const long = await world.ask('POST', '/api/v1/cases', { body: { ['x'.repeat(200_000)]: 1 } });
    expect([text, long.text].map((each) => each.length < 8_000)).toEqual([true, true]);
  });
});
