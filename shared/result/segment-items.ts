import type { CodedConcept, KeywordValues } from '@maskwright/dicom';
import { encodeLab, labFromRgb } from './cielab.ts';
import type { SegForm, SegInput, SegmentInput } from './seg-input.ts';
import { codeItem, fit } from './text-values.ts';

/**
 * Items of SegmentSequence, numbered from 1 without gaps (PS3.3 C.8.20.2 and C.8.20.4). A label map describes every value
 * that its pixels have, so also 0; that comes last, because OHIF 3.13 gives out colours by place and names by number.
 */
export function segmentItems(input: SegInput, form: SegForm): KeywordValues[] {
  const items = input.segments.map((segment, index) => segmentItem(input, segment, index));
  return form === 'labelmap' ? [...items, background(input)] : items;
}

function segmentItem({ uids, algorithm, assessment }: SegInput, segment: SegmentInput, index: number): KeywordValues {
  const { target, prompt, promptType } = segment;
  return {
    SegmentNumber: index + 1,
    SegmentLabel: fit(target.label, 'LO'),
    SegmentDescription: fit(`Prompt (${promptType}): "${prompt}". ${assessment}`, 'ST'),
    SegmentAlgorithmType: 'AUTOMATIC',
    SegmentAlgorithmName: fit(algorithm.name, 'LO'),
    SegmentationAlgorithmIdentificationSequence: [algorithmItem(algorithm, segment)],
    ...propertyCodes(segment),
    RecommendedDisplayCIELabValue: encodeLab(labFromRgb(target.color)),
    TrackingID: `${target.name} ${index + 1}`,
    TrackingUID: trackingUid(uids.trackingUIDs, index),
  };
}

function background({ algorithm }: SegInput): KeywordValues {
  const code = codeItem({ value: '125040', scheme: 'DCM', meaning: 'Background' });
  return {
    SegmentNumber: 0,
    SegmentLabel: 'Background',
    SegmentAlgorithmType: 'AUTOMATIC',
    SegmentAlgorithmName: fit(algorithm.name, 'LO'),
    SegmentedPropertyCategoryCodeSequence: [code],
    SegmentedPropertyTypeCodeSequence: [code],
    RecommendedDisplayCIELabValue: encodeLab(labFromRgb([0, 0, 0])),
  };
}

function algorithmItem(algorithm: SegInput['algorithm'], { prompt, promptType }: SegmentInput): KeywordValues {
  return {
    AlgorithmFamilyCodeSequence: [codeItem({ value: '123110', scheme: 'DCM', meaning: 'Artificial Intelligence' })],
    AlgorithmName: fit(algorithm.name, 'LO'),
    AlgorithmVersion: fit(algorithm.version, 'LO'),
    AlgorithmParameters: fit(JSON.stringify({ prompt, promptType }), 'LT'),
  };
}

function propertyCodes({ target }: SegmentInput): KeywordValues {
  const { category, type, typeModifier, anatomicRegion, anatomicRegionModifier } = target;
  return {
    SegmentedPropertyCategoryCodeSequence: [codeItem(category)],
    SegmentedPropertyTypeCodeSequence: [
      { ...codeItem(type), ...optional('SegmentedPropertyTypeModifierCodeSequence', typeModifier) },
    ],
    ...(anatomicRegion
      ? {
          AnatomicRegionSequence: [
            { ...codeItem(anatomicRegion), ...optional('AnatomicRegionModifierSequence', anatomicRegionModifier) },
          ],
        }
      : {}),
  };
}
function optional(keyword: string, code: CodedConcept | undefined): KeywordValues {
  return code ? { [keyword]: [codeItem(code)] } : {};
}

function trackingUid(uids: readonly string[], index: number): string {
  const uid = uids[index];
  if (uid === undefined) throw new TypeError(`no tracking UID for segment ${index + 1}`);
  return uid;
}
