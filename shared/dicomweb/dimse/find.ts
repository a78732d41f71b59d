import { type DataSet, datasetOf } from '@maskwright/dicom';
import type { MaskwrightError } from '@maskwright/errors';
import { type Associate, failureOf, isPending, query } from './association.ts';
import type { requests } from './library.ts';

/**
 * The matches, with nothing but their keys.
 * @throws MaskwrightError ARCHIVE_REFUSED where the PACS answers with a failure or offers no such search
 */
export async function find(
  associate: Associate,
  request: InstanceType<typeof requests.CFindRequest>,
  keys: readonly string[],
  signal?: AbortSignal,
): Promise<DataSet[]> {
  const found: DataSet[] = [];
  let failure: MaskwrightError | undefined;
  request.on('response', (response) => {
    failure ??= failureOf(response.getStatus(), 'C-FIND');
    const dataset = isPending(response.getStatus()) ? response.getDataset() : undefined;
    if (dataset) found.push(datasetOf(picked(dataset.getElements(), keys)));
  });
  await query(associate, 'C-FIND', [request], signal);
  if (failure) throw failure;
  return found;
}

/** Keys that are asked for, whatever their value (PS3.4 C.2.2.2.3). */
export function blank(keys: readonly string[]): Record<string, string> {
  return Object.fromEntries(keys.map((key) => [key, '']));
}

/** Texts and numbers of an answer; the rest of it is not asked for. */
function picked(
  elements: Readonly<Record<string, unknown>>,
  keys: readonly string[],
): Record<string, string | string[]> {
  const entries = keys.flatMap((key): [string, string | string[]][] => {
    const value = elements[key];
    if (Array.isArray(value)) return [[key, value.filter((one) => typeof one === 'string')]];
    return typeof value === 'string' || typeof value === 'number' ? [[key, String(value)]] : [];
  });
  return Object.fromEntries(entries);
}
