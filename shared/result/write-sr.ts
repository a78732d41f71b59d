import { codes, type DataSet, items, text } from '@maskwright/dicom';
import { encodeSr } from './encode-sr.ts';
import { faultsReadBack, mustBeFaultless } from './read-back.ts';
import { CODES } from './sr-codes.ts';
import type { SrInput } from './sr-input.ts';

/**
 * A report that was read back and found right: nothing else is stored.
 * @throws MaskwrightError RESULT_INVALID naming what is wrong; TypeError as `encodeSr`
 */
export function writeSr(input: SrInput): Uint8Array {
  const file = encodeSr(input);
  const faults = checkSr(file, input);
  mustBeFaultless(input.uids.sopInstanceUID, faults);
  return file;
}

/** Reads a report back and holds it against what it was made from. @returns nothing where it is right */
export function checkSr(file: Uint8Array, input: SrInput): readonly string[] {
  return faultsReadBack(file, ({ dataset }) => [
    ...checkSegments(dataset, input),
    ...checkEvidence(dataset),
    ...checkNumbers(dataset),
  ]);
}

/** Every segment is spoken of, once or a frame at a time, and nothing else is. */
function* checkSegments(dataset: DataSet, { trackingUIDs, measurements }: SrInput): Generator<string> {
  const tracked = contentOf(dataset).filter((item) => conceptOf(item) === CODES.trackingUid.value);
  const counts = Map.groupBy(tracked, (item) => text(item, 'UID') ?? '');
  for (const [index, uid] of trackingUIDs.entries()) {
    const measured = measurements[index];
    const wanted = measured?.volume ? 1 : Math.max(1, measured?.frames.length ?? 1);
    const found = counts.get(uid)?.length ?? 0;
    if (found !== wanted) yield `segment ${index + 1} has ${found} measurement groups, not ${wanted}`;
    counts.delete(uid);
  }
  if (counts.size > 0) yield `${counts.size} measurement groups of no segment`;
}

/** PS3.3 C.17.2.1: archives resolve references by the evidence. */
function* checkEvidence(dataset: DataSet): Generator<string> {
  const named = new Set(
    items(dataset, 'CurrentRequestedProcedureEvidenceSequence').flatMap((study) =>
      items(study, 'ReferencedSeriesSequence').flatMap((series) => sopsOf(series)),
    ),
  );
  const missing = new Set(
    contentOf(dataset)
      .flatMap(sopsOf)
      .filter((uid) => !named.has(uid)),
  );
  if (missing.size > 0) yield `${missing.size} referenced objects are not among the evidence`;
}
function sopsOf(item: DataSet): string[] {
  return items(item, 'ReferencedSOPSequence').flatMap((sop) => text(sop, 'ReferencedSOPInstanceUID') ?? []);
}

function* checkNumbers(dataset: DataSet): Generator<string> {
  for (const item of contentOf(dataset)) {
    if (text(item, 'ValueType') !== 'NUM') continue;
    const [measured = {}] = items(item, 'MeasuredValueSequence');
    const value = text(measured, 'NumericValue') ?? '';
    const [unit] = codes(measured, 'MeasurementUnitsCodeSequence');
    if (value === '' || value.length > 16 || !Number.isFinite(Number(value)) || unit?.scheme !== 'UCUM')
      yield `${codes(item, 'ConceptNameCodeSequence')[0]?.meaning ?? 'a measurement'} has no usable value`;
  }
}

/** All content items, depth first. */
function contentOf(item: DataSet): DataSet[] {
  return items(item, 'ContentSequence').flatMap((child) => [child, ...contentOf(child)]);
}
function conceptOf(item: DataSet): string | undefined {
  return codes(item, 'ConceptNameCodeSequence')[0]?.value;
}
