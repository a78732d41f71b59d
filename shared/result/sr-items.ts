import type { CodedConcept, KeywordValues } from '@maskwright/dicom';
import { codeItem, decimal } from './text-values.ts';

/** How an item of a report hangs on its parent (PS3.3 C.17.3.2.4). */
export type Relationship = 'CONTAINS' | 'HAS CONCEPT MOD' | 'HAS OBS CONTEXT' | 'HAS ACQ CONTEXT' | 'INFERRED FROM';

/** Content items of a structured report (PS3.3 C.17.3), by value type. */
export function containerItem(
  relationship: Relationship,
  name: CodedConcept,
  template: string | undefined,
  children: readonly KeywordValues[],
): KeywordValues {
  return item(relationship, 'CONTAINER', name, { ContinuityOfContent: 'SEPARATE', ...templateOf(template) }, children);
}
export function templateOf(template: string | undefined): KeywordValues {
  if (template === undefined) return {};
  return { ContentTemplateSequence: [{ MappingResource: 'DCMR', TemplateIdentifier: template }] };
}

export function codedItem(
  relationship: Relationship,
  name: CodedConcept,
  value: CodedConcept,
  children: readonly KeywordValues[] = [],
): KeywordValues {
  return item(relationship, 'CODE', name, { ConceptCodeSequence: [codeItem(value)] }, children);
}

export function textItem(relationship: Relationship, name: CodedConcept, value: string): KeywordValues {
  return item(relationship, 'TEXT', name, { TextValue: value });
}

export function uidItem(relationship: Relationship, name: CodedConcept, uid: string): KeywordValues {
  return item(relationship, 'UIDREF', name, { UID: uid });
}

export interface ImageReference {
  readonly sopClassUID: string;
  readonly sopInstanceUID: string;
  /** 1-based; only of objects of several frames. */
  readonly frameNumber?: number | undefined;
  /** Only of segmentations. */
  readonly segmentNumber?: number | undefined;
}
/** @param name absent in an image library, whose images have no purpose of their own */
export function imageItem(
  relationship: Relationship,
  name: CodedConcept | undefined,
  { sopClassUID, sopInstanceUID, frameNumber, segmentNumber }: ImageReference,
): KeywordValues {
  const reference = {
    ReferencedSOPClassUID: sopClassUID,
    ReferencedSOPInstanceUID: sopInstanceUID,
    ...(frameNumber === undefined ? {} : { ReferencedFrameNumber: frameNumber }),
    ...(segmentNumber === undefined ? {} : { ReferencedSegmentNumber: segmentNumber }),
  };
  return item(relationship, 'IMAGE', name, { ReferencedSOPSequence: [reference] });
}

export function numberItem(
  relationship: Relationship,
  name: CodedConcept,
  value: number,
  unit: { readonly code: string; readonly meaning: string },
  children: readonly KeywordValues[],
): KeywordValues {
  const measured = {
    NumericValue: decimal(value),
    MeasurementUnitsCodeSequence: [codeItem({ value: unit.code, scheme: 'UCUM', meaning: unit.meaning })],
  };
  return item(relationship, 'NUM', name, { MeasuredValueSequence: [measured] }, children);
}

function item(
  relationship: Relationship,
  valueType: string,
  name: CodedConcept | undefined,
  value: KeywordValues,
  children: readonly KeywordValues[] = [],
): KeywordValues {
  return {
    RelationshipType: relationship,
    ValueType: valueType,
    ...(name ? { ConceptNameCodeSequence: [codeItem(name)] } : {}),
    ...value,
    ...(children.length > 0 ? { ContentSequence: children } : {}),
  };
}
