import { type Instance, parsePart10 } from '@maskwright/dicom';
import type { Archive, StoreOutcome } from '@maskwright/dicomweb';
import { MaskwrightError } from '@maskwright/errors';

export interface Delivery {
  /** Part 10 files of one study. */
  readonly objects: readonly Uint8Array[];
  /** Whether they may have been sent before: then the archive is asked first which of them it has. */
  readonly again: boolean;
  /** How long they have been ready to be sent. */
  readonly waitedMs: number;
}

/** An archive that takes other objects but not these is given so long to change its mind. */
const DEADLINE_MS = 24 * 3600_000;

/**
 * Failure reasons (PS3.7 annex C, PS3.18 table I.2-2) that say of an object that it will never be taken: class or syntax not
 * supported, not authorised, invalid. Others may pass: A7xx (no resources), 0110 (processing failure, which many PACS say of
 * anything).
 */
const FOR_GOOD: readonly number[] = [0x0106, 0x0117, 0x0122, 0x0124];
const isForGood = (reason: number) =>
  FOR_GOOD.includes(reason) || (reason >= 0xa900 && reason < 0xaa00) || reason >= 0xc000;

/**
 * STOW-RS of a result; resolves when the archive has every object of it, with the pixels that were sent. An object that the
 * archive has already (its UID follows from the job, so it is the same) is not sent twice.
 * @throws MaskwrightError ARCHIVE_UNREACHABLE, ARCHIVE_DENIED, ARCHIVE_FULL: try again; ARCHIVE_REFUSED: set the job aside
 */
export async function deliver(archive: Archive, delivery: Delivery, signal: AbortSignal): Promise<void> {
  const { objects, again, waitedMs } = delivery;
  const all = objects.map((file) => ({ file, instance: parsePart10(file) }));
  const left = again ? await lacking(archive, all, signal) : all;
  if (left.length === 0) return;
  const outcomes = await archive.store(
    left.map(({ file }) => file),
    signal,
  );
  for (const [index, { instance }] of left.entries()) {
    const outcome = outcomes[index];
    if (outcome?.stored && outcome.warning === undefined) continue;
    if (outcome?.stored) await assertUnchanged(archive, instance, outcome.warning ?? 0, signal);
    // An answer that says nothing of the object, or "failed" of one that is there.
    else if (!(await has(archive, instance, signal))) throw refusalOf(instance, outcome, waitedMs);
  }
}

async function lacking<T extends { readonly instance: Instance }>(
  archive: Archive,
  objects: readonly T[],
  signal: AbortSignal,
): Promise<T[]> {
  const left: T[] = [];
  for (const object of objects) if (!(await has(archive, object.instance, signal))) left.push(object);
  return left;
}

async function has(archive: Archive, instance: Instance, signal: AbortSignal): Promise<boolean> {
  const there = await archive.searchInstances(instance.studyInstanceUID, instance.seriesInstanceUID, signal);
  return there.some(({ sopInstanceUID }) => sopInstanceUID === instance.sopInstanceUID);
}

/** Warnings (B000 coerced, B006 discarded, B007 does not match) mean that the archive changed something: was it the pixels? */
async function assertUnchanged(archive: Archive, sent: Instance, warning: number, signal: AbortSignal): Promise<void> {
  const { studyInstanceUID: study, seriesInstanceUID: series, sopInstanceUID } = sent;
  const kept = parsePart10(await archive.retrieveInstance(study, series, sopInstanceUID, signal));
  if (pixelsOf(sent).equals(pixelsOf(kept))) return;
  throw new MaskwrightError(
    'ARCHIVE_REFUSED',
    `the archive changed the pixels of ${sopInstanceUID} as it stored it (warning ${hex(warning)})`,
  );
}

function pixelsOf({ pixelData = [] }: Instance): Buffer {
  return Buffer.concat(pixelData);
}

function refusalOf({ sopInstanceUID }: Instance, outcome: StoreOutcome | undefined, waitedMs: number): MaskwrightError {
  const reason = outcome && !outcome.stored ? outcome.reason : undefined;
  const said = reason === undefined ? 'no word about it' : `failure reason ${hex(reason)}`;
  const what = `${sopInstanceUID} was not stored: ${said}`;
  if (reason !== undefined && isForGood(reason)) return new MaskwrightError('ARCHIVE_REFUSED', what);
  if (waitedMs > DEADLINE_MS) return new MaskwrightError('ARCHIVE_REFUSED', `${what}, for a day now`);
  return new MaskwrightError('ARCHIVE_FULL', what);
}

function hex(reason: number): string {
  return `${reason.toString(16).padStart(4, '0').toUpperCase()}H`;
}
