import {
  type DataSet,
  datasetOf,
  type Instance,
  type KeywordValues,
  parsePart10,
  type StudyInstanceUID,
} from '@maskwright/dicom';
import { isFull } from '@maskwright/disk';
import { MaskwrightError } from '@maskwright/errors';
import { claimedInstance } from '../claimed-instance.ts';
import { boundaryOf } from '../multipart.ts';
import { streamedParts } from '../multipart-stream.ts';
import type { InstanceStore } from './instance-store.ts';

/** Failure reasons of STOW-RS (PS3.18 table I.2-2, PS3.7 annex C). */
const CANNOT_UNDERSTAND = 0xc000;
const OTHER_STUDY = 0xa900;
const NO_RESOURCES = 0xa700;
const PROCESSING_FAILURE = 0x0110;
const PIECE = 1024 * 1024;

export interface Stored {
  readonly answer: DataSet;
  /** 200 all, 202 some, 409 none. */
  readonly status: number;
  /** Those that got something new. */
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
  for (const file of await filesIn(body, boundaryOf(contentType))) {
    const instance = parsed(file);
    const reason = instance ? await put(store, file, instance, study, studies) : CANNOT_UNDERSTAND;
    const reference = instance ? referenceOf(instance) : claimOf(file);
    if (reason === undefined) referenced.push(reference);
    else failed.push({ ...reference, FailureReason: reason });
  }
  const answer = datasetOf({
    ...(referenced.length > 0 ? { ReferencedSOPSequence: referenced } : {}),
    ...(failed.length > 0 ? { FailedSOPSequence: failed } : {}),
  });
  return { answer, studies, status: failed.length === 0 ? 200 : referenced.length > 0 ? 202 : 409 };
}

/**
 * Views of the body, one a part: copies would take as much memory again. All of them before the first is stored: of a body
 * that is broken further on nothing is.
 * @throws MaskwrightError as `streamedParts`
 */
async function filesIn(body: Buffer, boundary: string): Promise<Uint8Array[]> {
  const files: Uint8Array[] = [];
  for await (const { start, body: pieces } of streamedParts(inPieces(body), boundary)) {
    let end = start;
    for await (const piece of pieces) end += piece.length;
    files.push(body.subarray(start, end));
  }
  return files;
}

/** The reader of parts copies what it holds, which is no more than a few of these. */
async function* inPieces(body: Buffer): AsyncGenerator<Uint8Array> {
  for (let at = 0; at < body.length; at += PIECE) yield body.subarray(at, at + PIECE);
}

/** @returns why it was not stored */
async function put(
  store: InstanceStore,
  file: Uint8Array,
  instance: Instance,
  study: string | undefined,
  studies: Set<StudyInstanceUID>,
): Promise<number | undefined> {
  if (study !== undefined && instance.studyInstanceUID !== study) return OTHER_STUDY;
  try {
    const outcome = await store.put(file, instance);
    if (outcome === 'stored') studies.add(instance.studyInstanceUID);
    return outcome === 'elsewhere' ? PROCESSING_FAILURE : undefined;
  } catch (error) {
    return isFull(error) ? NO_RESOURCES : PROCESSING_FAILURE;
  }
}

function parsed(file: Uint8Array): Instance | undefined {
  try {
    return parsePart10(file);
  } catch (error) {
    if (error instanceof MaskwrightError) return undefined;
    throw error;
  }
}

function referenceOf({ sopClassUID, sopInstanceUID }: Instance): KeywordValues {
  return { ReferencedSOPClassUID: sopClassUID, ReferencedSOPInstanceUID: sopInstanceUID };
}

/** What a broken part says to be, if it says anything. */
function claimOf(file: Uint8Array): KeywordValues {
  try {
    return { ReferencedSOPInstanceUID: claimedInstance(file) };
  } catch (error) {
    if (error instanceof MaskwrightError) return {};
    throw error;
  }
}
