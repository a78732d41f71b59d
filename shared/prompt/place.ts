import { codeKey } from '@maskwright/catalogue';
import { codes, type DataSet, text } from '@maskwright/dicom';
import { found, type Reading, refused } from './reading.ts';

const ANATOMY_CODE: Readonly<Record<string, string>> = {
  'SCT:43799004': 'chest',
  'SCT:51185008': 'chest',
  'SCT:39607008': 'chest',
  'SRT:T-D3000': 'chest',
  'SCT:113345001': 'abdomen',
  'SCT:818981001': 'abdomen',
  'SRT:T-D4000': 'abdomen',
  'SCT:80891009': 'heart',
  'SCT:71854001': 'colon',
  'SCT:76752008': 'breast',
  'SCT:12738006': 'brain',
  'SCT:5665001': 'retina',
  'SCT:81745001': 'eye',
  'SCT:56459004': 'foot',
  'SCT:39937001': 'skin',
};
/** Defined terms of BodyPartExamined, PS3.16 annex L, in a reader's word. */
const BODY_PART: Readonly<Record<string, string>> = {
  CHEST: 'chest',
  THORAX: 'chest',
  LUNG: 'chest',
  ABDOMEN: 'abdomen',
  LIVER: 'abdomen',
  HEART: 'heart',
  CARDIAC: 'heart',
  COLON: 'colon',
  RECTUM: 'rectum',
  BREAST: 'breast',
  BRAIN: 'brain',
  HEAD: 'head',
  EYE: 'eye',
  RETINA: 'retina',
  FOOT: 'foot',
  SKIN: 'skin',
};

/** A part of the body that we have a word for; one that we have none for is no fault. */
export function anatomyOf(dataset: DataSet): Reading {
  for (const code of codes(dataset, 'AnatomicRegionSequence')) {
    const word = ANATOMY_CODE[codeKey(code)];
    if (word) return found(word, 'AnatomicRegionSequence');
  }
  const part = text(dataset, 'BodyPartExamined');
  if (part === undefined) return undefined;
  const word = BODY_PART[part.slice(0, 32).toUpperCase()];
  if (word) return found(word, 'BodyPartExamined');
  // PS3.5 section 6.2: CS holds at most 16 of these characters. Anything else is not a code.
  return /^[A-Za-z0-9 _^/-]{1,32}$/.test(part) ? undefined : refused('BodyPartExamined');
}

const SIDE: ReadonlyMap<string, string> = new Map([
  ['R', 'right'],
  ['L', 'left'],
]);
const NO_SIDE = ['U', 'B'];

export function lateralityOf(dataset: DataSet): Reading {
  for (const keyword of ['ImageLaterality', 'Laterality']) {
    const value = text(dataset, keyword);
    if (value === undefined) continue;
    const side = SIDE.get(value);
    if (side) return found(side, keyword);
    if (!NO_SIDE.includes(value)) return refused(keyword);
  }
  return undefined;
}
