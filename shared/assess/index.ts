/** Domain shift: the metadata gate, the feature distance, and the choice between models and a person. */
export type { Assessment } from './assessment.ts';
