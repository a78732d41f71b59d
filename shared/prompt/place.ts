import { codeKey } from '@maskwright/catalogue';
import { type CodedConcept, codes, type DataSet, items, text } from '@maskwright/dicom';
import { found, type Reading, refused } from './reading.ts';

/** A part of the body in a reader's word, with SNOMED CT's concept and what headers write for it. */
interface Region {
  readonly word: string;
  /** The first is the one that we write. */
  readonly sct: readonly string[];
  readonly srt?: string;
  /** Defined terms of BodyPartExamined, PS3.16 annex L. */
  readonly bodyPart: readonly string[];
}
const REGIONS: readonly Region[] = [
  {
    word: 'chest',
    sct: ['51185008', '43799004', '816094009', '39607008'],
    srt: 'T-D3000',
    bodyPart: ['CHEST', 'THORAX', 'LUNG'],
  },
  { word: 'abdomen', sct: ['818981001', '113345001'], srt: 'T-D4000', bodyPart: ['ABDOMEN', 'LIVER'] },
  { word: 'heart', sct: ['80891009'], srt: 'T-32000', bodyPart: ['HEART', 'CARDIAC'] },
  { word: 'colon', sct: ['71854001'], srt: 'T-59300', bodyPart: ['COLON'] },
  { word: 'rectum', sct: ['34402009'], srt: 'T-59600', bodyPart: ['RECTUM'] },
  { word: 'breast', sct: ['76752008'], srt: 'T-04000', bodyPart: ['BREAST'] },
  { word: 'brain', sct: ['12738006'], srt: 'T-A0100', bodyPart: ['BRAIN'] },
  { word: 'head', sct: ['69536005'], srt: 'T-D1100', bodyPart: ['HEAD', 'SKULL'] },
  { word: 'retina', sct: ['5665001'], bodyPart: ['RETINA'] },
  { word: 'eye', sct: ['81745001'], srt: 'T-AA000', bodyPart: ['EYE'] },
  { word: 'foot', sct: ['56459004'], srt: 'T-D9700', bodyPart: ['FOOT'] },
  { word: 'skin', sct: ['39937001'], srt: 'T-01000', bodyPart: ['SKIN'] },
];
const BY_CODE: ReadonlyMap<string, Region> = new Map(
  REGIONS.flatMap((region) => [
    ...region.sct.map((code) => [`SCT:${code}`, region] as const),
    ...(region.srt ? [[`SRT:${region.srt}`, region] as const] : []),
  ]),
);
const BY_BODY_PART = new Map(REGIONS.flatMap((region) => region.bodyPart.map((part) => [part, region] as const)));

function conceptOf({ word, sct: [value = ''] }: Region): CodedConcept {
  return { value, scheme: 'SCT', meaning: word.charAt(0).toUpperCase() + word.slice(1) };
}

/** A part of the body that we have a word for; one that we have none for is no fault. */
export function anatomyOf(dataset: DataSet): Reading<'anatomy'> {
  for (const code of codes(dataset, 'AnatomicRegionSequence')) {
    const region = BY_CODE.get(codeKey(code));
    if (region) return found('anatomy', region.word, 'AnatomicRegionSequence', conceptOf(region));
  }
  const part = text(dataset, 'BodyPartExamined');
  if (part === undefined) return undefined;
  const region = BY_BODY_PART.get(part.slice(0, 32).toUpperCase());
  if (region) return found('anatomy', region.word, 'BodyPartExamined', conceptOf(region));
  // PS3.5 section 6.2: CS holds at most 16 of these characters. Anything else is not a code.
  return /^[A-Za-z0-9 _^/-]{1,32}$/.test(part) ? undefined : refused('anatomy', 'BodyPartExamined');
}

const SIDE: ReadonlyMap<string, 'left' | 'right'> = new Map([
  ['R', 'right'],
  ['L', 'left'],
]);
const NO_SIDE = ['U', 'B'];
/** CID 244 Laterality. */
const SIDE_CODE: ReadonlyMap<string, 'left' | 'right'> = new Map([
  ['SCT:24028007', 'right'],
  ['SRT:G-A100', 'right'],
  ['SCT:7771000', 'left'],
  ['SRT:G-A101', 'left'],
]);

/** ImageLaterality or Laterality, else the modifier of the anatomic region, PS3.3 tables C.7-12a and 10-5. */
export function lateralityOf(dataset: DataSet): Reading<'laterality'> {
  for (const keyword of ['ImageLaterality', 'Laterality', 'FrameLaterality']) {
    const value = text(dataset, keyword)?.slice(0, 16).toUpperCase();
    if (value === undefined) continue;
    const side = SIDE.get(value);
    if (side) return found('laterality', side, keyword);
    if (!NO_SIDE.includes(value)) return refused('laterality', keyword);
  }
  for (const region of items(dataset, 'AnatomicRegionSequence')) {
    for (const code of codes(region, 'AnatomicRegionModifierSequence')) {
      const side = SIDE_CODE.get(codeKey(code));
      if (side) return found('laterality', side, 'AnatomicRegionModifierSequence');
    }
  }
  return undefined;
}
