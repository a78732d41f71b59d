/** Domain shift: the metadata gate, the feature distance, and the choice between models and a person. */
export { type AssessInput, assess, type ModelView } from './assess.ts';
export { type Assessment, CANDIDATES, type Candidate, type CandidateKind, modelsOf } from './assessment.ts';
export { SAME_MASKS } from './decide.ts';
export { FEATURES, featuresOf, predict, relativeDistance } from './features.ts';
export { type CalibrationCase, type Fitted, FOLDS, fitCalibration } from './fit-calibration.ts';
export { whyUnused } from './forecast.ts';
export { bestLook, type Prospect, wantsAnotherLook } from './look-again.ts';
export type { CandidateSignals, Signals } from './signals.ts';
export { TENTHS, tenthsOf } from './tenths.ts';
