import { codes, type DataSet, text } from '@maskwright/dicom';
import { either, imageTypes, letters, wordIn } from './header-words.ts';
import { codeKey } from './plain-text.ts';
import type { Conditions } from './selection.ts';
import type { Verdict } from './verdict.ts';

/** Which part of the body: the coded region, else BodyPartExamined, else words. */
export function region(select: Conditions, series: DataSet): Verdict | undefined {
  const { bodyPart, anatomicRegion = [], bodyPartRequired, anyBodyPart } = select;
  const free = anyBodyPart?.find((one) => one === text(series, 'Modality')?.toUpperCase());
  if (free) return { passed: true, reason: `a ${free} series may show any body part` };
  const coded = codes(series, 'AnatomicRegionSequence').find((code) => anatomicRegion.includes(codeKey(code)));
  if (coded) return { passed: true, reason: `AnatomicRegionSequence holds ${codeKey(coded)}` };
  const part = text(series, 'BodyPartExamined');
  if (!bodyPart) return regionWithoutParts(select, series);
  if (part !== undefined) {
    const known = bodyPart.find((one) => letters(one) === letters(part));
    if (known) return { passed: true, reason: `BodyPartExamined is ${known}` };
    return { passed: false, reason: `BodyPartExamined is not ${either(bodyPart)}` };
  }
  if (bodyPartRequired) return { passed: false, reason: 'BodyPartExamined is absent', unknown: 'required' };
  return regionByWords(select, series);
}

/** No list of body parts: codes and words, where they are stated, decide alone. */
function regionWithoutParts(select: Conditions, series: DataSet): Verdict | undefined {
  if (select.description || select.imageType) return regionByWords(select, series);
  if (select.anatomicRegion || select.anyBodyPart)
    return { passed: false, reason: 'neither AnatomicRegionSequence nor Modality is one of the task’s' };
  return undefined;
}

function regionByWords({ description, imageType = [] }: Conditions, series: DataSet): Verdict {
  if (!description && imageType.length === 0)
    return { passed: true, reason: 'BodyPartExamined is absent and may be', unknown: 'optional' };
  const type = imageType.find((word) => imageTypes(series).includes(word.toUpperCase()));
  if (type) return { passed: true, reason: `ImageType says ${type}` };
  for (const keyword of ['SeriesDescription', 'ProtocolName', 'StudyDescription']) {
    const word = wordIn(series, keyword, description ?? []);
    if (word) return { passed: true, reason: `${keyword} says "${word}"` };
  }
  return { passed: false, reason: 'BodyPartExamined is absent and no description names the region' };
}
