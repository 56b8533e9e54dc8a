/** The engine of Lakeus, in reading order: the words, what a workflow is, what happens to a case, what people give to
 * it, who may do what, and the ports to the outside. */
export type * from './case.ts';
export {
  capacities,
  caseTextKeys,
  contentKeys,
  contributionKinds,
  documentKinds,
  documentRights,
  followUpStates,
  heardAnswers,
  languages,
  noFacts,
  origins,
  responseOutcomes,
  roleIds,
} from './case.ts';
export type * from './workflow.ts';
export { EngineError, invalid, refuse } from './errors.ts';
export type { FaultId, FieldProblem, Missing, Refusal, Result } from './errors.ts';
export { createEngine } from './process/engine.ts';
export type { Engine, EnginePorts, RequirementState, SendInput, View } from './process/engine.ts';
export type { Decided } from './process/decide.ts';
export { chartOf } from './process/chart.ts';
export type { Chart, ChartState, ChartWay } from './process/chart.ts';
export { pictureOf } from './process/picture.ts';
export type {
  PictureAside,
  PictureDeadline,
  PicturedCase,
  PictureEnd,
  PictureStep,
  PictureStepState,
  PictureWay,
  PictureWayKind,
  ProcessPicture,
  Visit,
} from './process/picture.ts';
export { startProcess } from './process/restore.ts';
export type { MachineEffect, Position, Process, Step } from './process/restore.ts';
export { announcing, caseTopic, readCaseAnnouncement } from './process/announcing.ts';
export type { CaseAnnouncement } from './process/announcing.ts';
export { work } from './process/worker.ts';
export type { Worked, WorkerPorts } from './process/worker.ts';
export { tasksOf } from './process/tasks.ts';
export type { Due, Task } from './process/tasks.ts';
export { verifyCase } from './process/verify.ts';
export { canonicalJson, chain, commitment, emptyHead, firstBreak, sha256 } from './process/log.ts';
export type { LogBreak, LogContent } from './process/log.ts';
export { contentCommands, limits, raiseSchema } from './process/commands.ts';
export type { ContentCommands } from './content/content.ts';
export { factsOf } from './content/facts.ts';
export type { CaseContent } from './content/facts.ts';
export { fates, responsesPublished, threadOf } from './content/impact.ts';
export type { CaseStanding, Fate, Thread } from './content/impact.ts';
export { newCode, newPseudonym, readCode, showCode } from './content/cards.ts';
export { caseFile, caseFileJsonSchema, caseFileSchema } from './content/case-file.ts';
export type { CaseFile } from './content/case-file.ts';
export type { Adopted } from './content/adopt.ts';
export { documentRight, isEnough, summaryPublished } from './content/documents.ts';
export type { DocumentAsked, DocumentRights } from './content/documents.ts';
export type { DocumentAccess } from './content/document-access.ts';
export { may, maySend, rules, standings } from './people/policy.ts';
export type { Action, Actor, Standing } from './people/policy.ts';
export { ticketLifetimeMs, ticketsWith } from './people/ticket.ts';
export type { Ticket, Tickets } from './people/ticket.ts';
export { systemEntropy } from './entropy.ts';
export type * from './ports.ts';
export type { DocumentJson } from './document/read.ts';
export { historyFor, namesOf } from './content/document-past.ts';
export type { HistoryCommands } from './content/document-past.ts';
export { sittingGapMs } from './document/history.ts';
export type * from './document/history.ts';
export type * from './document/pictures.ts';
