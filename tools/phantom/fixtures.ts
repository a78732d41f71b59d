import { ctStudy } from './ct-study.ts';
import { endoscopyStudy } from './endoscopy-study.ts';
import { radiographStudy } from './radiograph-study.ts';
import type { PhantomStudy } from './study.ts';

/** The studies in fixtures/phantoms. Seeds under 100 are for fixtures and tests; nothing is ever trained on them. */
export const FIXTURES: readonly (() => PhantomStudy)[] = [
  () => radiographStudy({ seed: 1, view: 'PA', modality: 'CR', photometric: 'MONOCHROME2' }),
  () => radiographStudy({ seed: 2, view: 'AP', modality: 'DX', photometric: 'MONOCHROME1' }),
  () => ctStudy({ seed: 3 }),
  () => endoscopyStudy({ seed: 4 }),
];
