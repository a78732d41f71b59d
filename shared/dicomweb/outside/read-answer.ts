import type { DataSet } from '@maskwright/dicom';
import { MaskwrightError } from '@maskwright/errors';
import type { Answer } from './call.ts';
import { assertDicom, assertNativeFrame } from './media-type.ts';

/** The study or series is not there, which is an answer. */
export function isUnknown(status: number): boolean {
  return status === 404;
}

/** Data sets of a QIDO-RS or metadata answer; what is unknown is an empty list. */
export function dataSets({ body, request }: Answer): DataSet[] {
  if (isUnknown(request.status)) return [];
  if (!Array.isArray(body)) throw new MaskwrightError('DICOM_MALFORMED', 'the answer is not a list of data sets');
  return body.filter((one): one is DataSet => typeof one === 'object' && one !== null);
}

export function onlyObject({ request: { parts } }: Answer): Uint8Array {
  const [part] = parts;
  if (!part || parts.length > 1)
    throw new MaskwrightError('DICOM_MALFORMED', `sent ${parts.length} objects where one was asked for`);
  assertDicom(part);
  return part.body;
}

/** Frames by their number. */
export function framesIn({ request: { parts } }: Answer, wanted: readonly number[]): Map<number, Uint8Array> {
  if (parts.length !== wanted.length)
    throw new MaskwrightError('DICOM_MALFORMED', `sent ${parts.length} frames of ${wanted.length}`);
  for (const part of parts) assertNativeFrame(part);
  return new Map(wanted.map((frame, index) => [frame, parts[index]?.body ?? new Uint8Array()]));
}
