import { error } from '@sveltejs/kit';
import { readCode, showCode, threadOf } from '@lakeus/engine';
import type { Actor, Participant } from '@lakeus/engine';
import type { Lakeus } from './compose.ts';

/** The participant of a card code, however it was typed. */
export async function participantBy(lakeus: Lakeus, typed: string): Promise<Participant> {
  const code = readCode(typed);
  const participant = code ? await lakeus.reader.participantByCode(code) : null;
  if (!participant) error(404, { message: 'not_found', status: 404 });
  return participant;
}

/** Everything that a participant gave to a case, each remark with its fate. */
export async function impactOf(lakeus: Lakeus, participant: Participant, actor: Actor) {
  const { engine, reader } = lakeus;
  const { caseId } = participant;
  const [looked, readings, heard, overview] = await Promise.all([
    engine.look(caseId, actor),
    reader.impact(caseId, { participantId: participant.id }),
    reader.heard(caseId, participant.id),
    reader.overview(caseId),
  ]);
  if (!looked.ok) return null;
  const { step, order, context, accepts } = looked.view;
  return {
    caseId,
    title: overview.texts.title ?? '',
    step,
    order,
    code: showCode(participant.code),
    pseudonym: participant.pseudonym,
    threads: readings.map((reading) => threadOf(reading, { step, context })),
    heard: heard?.answer ?? null,
    mayAnswer: accepts.includes('heard'),
  };
}

export type ParticipantImpact = NonNullable<Awaited<ReturnType<typeof impactOf>>>;
