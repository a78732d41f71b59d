import { createHash } from 'node:crypto';
import { MaskwrightError } from '@maskwright/errors';
import { PADDING, trimEnd } from './trim-end.ts';

declare const kind: unique symbol;
type Branded<Kind extends string> = string & { readonly [kind]: Kind };
export type StudyInstanceUID = Branded<'StudyInstanceUID'>;
export type SeriesInstanceUID = Branded<'SeriesInstanceUID'>;
export type SOPInstanceUID = Branded<'SOPInstanceUID'>;
export type FrameOfReferenceUID = Branded<'FrameOfReferenceUID'>;
export type AnyUID = StudyInstanceUID | SeriesInstanceUID | SOPInstanceUID | FrameOfReferenceUID;

/** PS3.5 section 9.1: digits and dots, at most 64 characters. Leading zeros in a component occur in the field and are let pass. */
export const UID_FORM = /^[0-9]+(\.[0-9]+)*$/;
export const LONGEST_UID = 64;

/**
 * Parses a UID from outside. Trailing NUL and space padding is dropped.
 * @throws MaskwrightError DICOM_MALFORMED naming the attribute
 */
export function parseUid<U extends AnyUID>(value: unknown, attribute: string): U {
  const uid = typeof value === 'string' ? trimEnd(value, PADDING) : '';
  if (uid.length === 0 || uid.length > LONGEST_UID || !UID_FORM.test(uid)) {
    throw new MaskwrightError('DICOM_MALFORMED', `invalid UID: ${attribute} is not a UID`);
  }
  return uid as U;
}

/** A 2.25 UID (PS3.5 annex B.2) from the first 128 bits of SHA-256 over the parts: the same parts give the same UID. */
export function uidFromDigest<U extends AnyUID>(...parts: readonly string[]): U {
  const hex = createHash('sha256').update(JSON.stringify(parts)).digest('hex').slice(0, 32);
  return `2.25.${BigInt(`0x${hex}`)}` as U;
}
