import { expect, test } from 'vitest';
import { describeWith, needs } from '../../test/support/needs.ts';
import { decodeOracleFile, type OracleRow, oracleRows } from '../../test/support/pixel-oracle.ts';

/** A lossy JPEG under a lossless syntax: decoders differ by one grey level in a few of its pixels. */
const EXCEPTIONS = new Set(['visible-light/ophthalmic-slo-8bit-jpll.dcm']);
/** Its frames have not the size that its header says: it is refused. */
const OTHER_SIZE = 'frames-of-other-size';

function bySyntax(rows: readonly OracleRow[]): [string, OracleRow[]][] {
  return [...Map.groupBy(rows, ({ transferSyntax }) => transferSyntax)].sort(([a], [b]) => (a < b ? -1 : 1));
}

// How far lossy ones are from pydicom, pixel by pixel, is measured by bench/pixels.ts.
describeWith(needs.sharedData, 'pixels of real files', () => {
  const rows = oracleRows().filter(({ path, status }) => status === 'ok' && !EXCEPTIONS.has(path));
  const lossy = rows.filter((row) => row.lossy && !row.path.includes(OTHER_SIZE));

  test.each(bySyntax(rows.filter((row) => !row.lossy)))(
    'lossless files of %s equal pydicom bit for bit',
    async (_, files) => {
      for (const row of files) {
        expect((await decodeOracleFile(row.path)).sha256, row.path).toBe(row.sha256);
      }
    },
    120_000,
  );

  test.each(bySyntax(lossy))(
    'lossy files of %s have the means that others find',
    async (_, files) => {
      for (const row of files) {
        const { means } = await decodeOracleFile(row.path);
        for (const [at, mean] of means.entries()) {
          expect(Math.abs(mean - (row.means[at] ?? 0)) / row.range, row.path).toBeLessThan(0.0005);
        }
      }
    },
    120_000,
  );
});
