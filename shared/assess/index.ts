/** Domain shift: the metadata gate, the feature distance, and the choice between models and a person. */
export { type AssessInput, assess, type ModelView } from './assess.ts';
export type { Assessment } from './assessment.ts';
export { SAME_MASKS } from './decide.ts';
