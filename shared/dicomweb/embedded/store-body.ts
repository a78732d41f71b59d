import {
  type DataSet,
  datasetOf,
  type Instance,
  type KeywordValues,
  parsePart10,
  type StudyInstanceUID,
} from '@maskwright/dicom';
import { MaskwrightError } from '@maskwright/errors';
import { boundaryOf, parseMultipart } from '../multipart.ts';
import type { InstanceStore } from './instance-store.ts';

/** Failure reasons of STOW-RS (PS3.18 table I.2-2). */
const CANNOT_UNDERSTAND = 0xc000;
const OTHER_STUDY = 0xa900;

export interface Stored {
  readonly answer: DataSet;
  /** 200 all, 202 some, 409 none. */
  readonly status: number;
  readonly studies: ReadonlySet<StudyInstanceUID>;
}

/**
 * Stores each part of a STOW-RS body; a broken part fails alone.
 * @throws MaskwrightError DICOM_MALFORMED where the body as a whole is no multipart
 */
export async function storeBody(
  store: InstanceStore,
  contentType: string | undefined,
  body: unknown,
  study: string | undefined,
): Promise<Stored> {
  if (!Buffer.isBuffer(body)) throw new MaskwrightError('DICOM_MALFORMED', 'the request has no body');
  const referenced: KeywordValues[] = [];
  const failed: KeywordValues[] = [];
  const studies = new Set<StudyInstanceUID>();
  for (const part of parseMultipart(body, boundaryOf(contentType))) {
    const instance = parsed(part.body);
    if (!instance) {
      failed.push({ FailureReason: CANNOT_UNDERSTAND });
      continue;
    }
    const reference = {
      ReferencedSOPClassUID: instance.sopClassUID,
      ReferencedSOPInstanceUID: instance.sopInstanceUID,
    };
    if (study !== undefined && instance.studyInstanceUID !== study) {
      failed.push({ ...reference, FailureReason: OTHER_STUDY });
      continue;
    }
    if (await store.put(part.body, instance)) studies.add(instance.studyInstanceUID);
    referenced.push(reference);
  }
  const answer = datasetOf({
    ...(referenced.length > 0 ? { ReferencedSOPSequence: referenced } : {}),
    ...(failed.length > 0 ? { FailedSOPSequence: failed } : {}),
  });
  return { answer, studies, status: failed.length === 0 ? 200 : referenced.length > 0 ? 202 : 409 };
}

function parsed(bytes: Uint8Array): Instance | undefined {
  try {
    return parsePart10(bytes);
  } catch (error) {
    if (error instanceof MaskwrightError) return undefined;
    throw error;
  }
}
