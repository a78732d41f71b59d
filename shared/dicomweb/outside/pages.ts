import { type DataSet, text } from '@maskwright/dicom';
import type { Answer } from './call.ts';

export interface Page {
  readonly entries: readonly DataSet[];
  /** The server says that there are more, though the page is short (PS3.18 section 8.3.4.4). */
  readonly cut: boolean;
}

export interface Paging {
  readonly pageSize: number;
  /** Keyword of the identifier of an entry. */
  readonly key: string;
  /** At most so many entries in all; default: all. */
  readonly limit?: number | undefined;
}

/**
 * Entries of a QIDO-RS search, a page at a time as they are consumed, until a short one. A server that caps pages below what
 * was asked for and says so is asked on; one that does not know offsets and sends the same page again is not.
 */
export async function* pages(
  { pageSize, key, limit: wanted = Number.POSITIVE_INFINITY }: Paging,
  fetchPage: (limit: number, offset: number) => Promise<Page>,
): AsyncGenerator<DataSet> {
  let before = new Set<string | undefined>();
  let left = wanted;
  for (let offset = 0; left > 0; ) {
    const limit = Math.min(pageSize, left);
    const { entries, cut } = await fetchPage(limit, offset);
    const fresh = entries.filter((entry) => !before.has(text(entry, key))).slice(0, left);
    yield* fresh;
    if (fresh.length === 0 || (entries.length < limit && !cut)) return;
    left -= fresh.length;
    offset += entries.length;
    before = new Set(entries.map((entry) => text(entry, key)));
  }
}

/** Warning 299 of a QIDO-RS answer: either that results are left, or that fuzzy matching is not known. */
export function saysThereAreMore({ request }: Answer): boolean {
  return /\b299\b.*\badditional results\b/i.test(request.getResponseHeader('warning') ?? '');
}
