import { expect, test } from 'vitest';
import { describeWith, needs } from '../../test/support/needs.ts';
import { decodeOracleFile, oracleRows } from '../../test/support/pixel-oracle.ts';

/** A lossy JPEG under a lossless syntax: decoders differ by one grey level in a few of its pixels. */
const EXCEPTIONS = new Set(['visible-light/ophthalmic-slo-8bit-jpll.dcm']);
/** Its frames have not the size that its header says: it is refused. */
const OTHER_SIZE = 'frames-of-other-size';

// How far lossy ones are from pydicom, pixel by pixel, is measured by bench/pixels.ts.
describeWith(needs.sharedData, 'pixels of real files', () => {
  const rows = oracleRows().filter(({ path, status }) => status === 'ok' && !EXCEPTIONS.has(path));
  const syntaxes = [...new Set(rows.map((row) => row.transferSyntax))].sort();

  test.each(syntaxes)(
    'lossless files of %s equal pydicom bit for bit',
    async (syntax) => {
      for (const row of rows.filter((one) => one.transferSyntax === syntax && !one.lossy)) {
        expect((await decodeOracleFile(row.path)).sha256, row.path).toBe(row.sha256);
      }
    },
    120_000,
  );

  test.each(syntaxes)(
    'lossy files of %s have the means that others find',
    async (syntax) => {
      const lossy = rows.filter((one) => one.transferSyntax === syntax && one.lossy && !one.path.includes(OTHER_SIZE));
      for (const row of lossy) {
        const { means } = await decodeOracleFile(row.path);
        for (const [at, mean] of means.entries()) {
          expect(Math.abs(mean - (row.means[at] ?? 0)) / row.range, row.path).toBeLessThan(0.0005);
        }
      }
    },
    120_000,
  );
});
