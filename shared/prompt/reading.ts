import type { CodedConcept } from '@maskwright/dicom';
import { type Attribute, type AttributeName, attribute } from './attributes.ts';

/** An attribute that was read from a header; or the keyword of an element that holds something else; or nothing. */
export type Reading<Name extends AttributeName = AttributeName> = Attribute<Name> | Refused | undefined;
export interface Refused {
  readonly name: AttributeName;
  readonly refused: string;
}

export function found<Name extends AttributeName>(
  name: Name,
  value: Attribute<Name>['value'],
  origin: string,
  code?: CodedConcept,
): Attribute<Name> {
  return attribute(name, value, 'metadata', origin, code);
}
export function refused(name: AttributeName, keyword: string): Refused {
  return { name, refused: keyword };
}
