import { readdirSync, readFileSync, statSync } from 'node:fs';
import path from 'node:path';
import { parsePart10 } from '@maskwright/dicom';
import { assembleSource, type Mask } from '@maskwright/image';
import { intensitiesOf, measureMasks } from '@maskwright/measure';
import { encodeSeg } from '@maskwright/result';
import { expect, test } from 'vitest';
import { blobs } from '../support/blobs.ts';
import { countSeg } from '../support/measure-check.ts';
import { describeWith, needs, sharedFolder } from '../support/needs.ts';
import { segInput } from '../support/seg-input.ts';

/** Images that pydicom decodes without loss. */
const PLACES = [
  'ct/small-128.dcm',
  'ct/liver-3slice',
  'ct/kits-abdomen-arterial',
  'mr/prostate-adc-oblique',
  'xray/dx-dog-thorax-8bit-mono1.dcm',
  'us/single-rgb.dcm',
];

describeWith(needs.judge, 'measures against pydicom and numpy', () => {
  describeWith(needs.sharedData, 'of real images', () => {
    test.each(PLACES)('%s', async (name) => {
      const place = path.join(sharedFolder, 'data/dicom', name);
      const files = statSync(place).isDirectory() ? readdirSync(place).map((file) => path.join(place, file)) : [place];
      const source = assembleSource(files.map((file) => parsePart10(readFileSync(file))));
      const masks = [1, 2].map((seed): Mask => blobs(source.frames.length, source.rows, source.columns, seed));
      const [one, two] = masks;
      const seg = encodeSeg(segInput(source, { ...(one ? { one } : {}), ...(two ? { two } : {}) }));
      const measured = await measureMasks(source, masks, intensitiesOf);
      const counted = await countSeg(seg, files);
      expect(measured.length).toBe(counted.length);
      for (const [index, { frames, calibrated, volume, intensity }] of measured.entries()) {
        const other = counted[index];
        const areas = frames.map(({ area }) => area.value);
        if (calibrated) expect(Math.max(...areas)).toBeCloseTo(other?.area ?? 0, 3);
        else expect(areas).toEqual(other?.pixels);
        expectNear(volume?.value ?? null, other?.volume ?? null);
        expectNear(intensity?.mean ?? null, other?.mean ?? null);
        expectNear(intensity?.standardDeviation ?? null, other?.sd ?? null);
        expectNear(intensity?.minimum ?? null, other?.minimum ?? null);
        expectNear(intensity?.maximum ?? null, other?.maximum ?? null);
      }
    });
  });
});

/** Equal to a ten-thousandth, or absent in both: spacing is written with a few decimals. */
function expectNear(ours: number | null, other: number | null): void {
  if (ours === null || other === null) expect(ours).toBe(other);
  else expect(Math.abs(ours - other)).toBeLessThanOrEqual(1e-4 * Math.max(1e-3, Math.abs(other)));
}
