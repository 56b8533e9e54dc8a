import type { Workflow } from '@lakeus/engine';
import { sevenSteps } from './seven-steps/index.ts';

/** Every workflow in every version that a case may still be in. The first is what a new need starts. */
export const workflows: readonly Workflow[] = [sevenSteps];

export { sevenSteps } from './seven-steps/index.ts';
export type { SevenStepsEvent } from './seven-steps/index.ts';
export { mustProduce, requirements } from './seven-steps/requirements.ts';
export type { RequirementId } from './seven-steps/requirements.ts';
