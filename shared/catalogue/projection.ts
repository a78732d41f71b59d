import { codes, type DataSet, text } from '@maskwright/dicom';
import { codeKey, holdsWords, plainText } from './plain-text.ts';

export const VIEWS = ['frontal', 'lateral', 'oblique', 'decubitus'] as const;
export type View = (typeof VIEWS)[number];

export interface Projection {
  readonly view: View;
  /** DICOM keyword that says so. */
  readonly origin: string;
}

/** ViewPosition, PS3.3 C.8.1.3 (CR) and C.8.11.5 (DX); the words are what some systems write instead. */
const VIEW_POSITION: Readonly<Record<string, View>> = {
  AP: 'frontal',
  PA: 'frontal',
  FRONTAL: 'frontal',
  LL: 'lateral',
  RL: 'lateral',
  LAT: 'lateral',
  LATERAL: 'lateral',
  LLD: 'decubitus',
  RLD: 'decubitus',
  LLO: 'oblique',
  RLO: 'oblique',
  LAO: 'oblique',
  RAO: 'oblique',
  LPO: 'oblique',
  RPO: 'oblique',
};

/** CID 4010 DX View. */
const VIEW_CODE: Readonly<Record<string, View>> = {
  'SCT:399348003': 'frontal',
  'SCT:272479007': 'frontal',
  'SCT:399033003': 'frontal',
  'SCT:399067008': 'lateral',
  'SCT:399173006': 'lateral',
  'SCT:399198007': 'lateral',
  'SCT:399260004': 'lateral',
  'SCT:399352003': 'lateral',
  'SCT:399182000': 'oblique',
  'SCT:399184004': 'oblique',
  'SCT:399236003': 'oblique',
  'SCT:399135007': 'oblique',
  'SCT:399006002': 'oblique',
  'SCT:399356000': 'oblique',
  'SCT:399038007': 'oblique',
};

/** The only words of a description that are believed. */
const WORDS: Readonly<Record<View, readonly string[]>> = {
  frontal: ['pa', 'ap', 'p a', 'a p', 'frontal'],
  lateral: ['lat', 'lateral', 'll', 'llat', 'rlat'],
  oblique: ['oblique', 'obl'],
  decubitus: ['decubitus', 'decub'],
};

/** Projection of a radiograph: ViewPosition, else ViewCodeSequence, else a description that names exactly one. */
export function projectionOf(dataset: DataSet): Projection | undefined {
  const position = text(dataset, 'ViewPosition');
  const byPosition = position && position.length <= 16 ? VIEW_POSITION[position.toUpperCase()] : undefined;
  if (byPosition) return { view: byPosition, origin: 'ViewPosition' };
  for (const code of codes(dataset, 'ViewCodeSequence')) {
    const view = VIEW_CODE[codeKey(code)];
    if (view) return { view, origin: 'ViewCodeSequence' };
  }
  for (const keyword of ['SeriesDescription', 'ProtocolName']) {
    const [view, ...others] = viewsNamedBy(plainText(dataset, keyword) ?? '');
    if (view && others.length === 0) return { view, origin: keyword };
  }
  return undefined;
}

function viewsNamedBy(description: string): View[] {
  return VIEWS.filter((view) => WORDS[view].some((word) => holdsWords(description, word)));
}
