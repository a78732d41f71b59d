import path from 'node:path';
import { type Catalogue, loadCatalogue } from '@maskwright/catalogue';
import { type DataSet, parsePart10 } from '@maskwright/dicom';
import { assembleSource, type SourceImage } from '@maskwright/image';
import { beforeAll, describe, expect, test } from 'vitest';
import { repositoryRoot } from '../../test/support/needs.ts';
import { phantomFile, starterModels } from '../../test/support/starter-models.ts';
import { infer, type Models } from './infer.ts';
import { headerOf, promptsFor } from './prompts-for.ts';
import type { SegmentRequest } from './segment-request.ts';
import { type Segmented, segmentSource } from './segment-source.ts';

let catalogue: Catalogue;
let models: Models;
let source: SourceImage;
beforeAll(async () => {
  catalogue = await loadCatalogue(path.join(repositoryRoot, 'catalogue'));
  models = await starterModels();
  source = await phantom('endoscopy-04');
}, 60_000);

describe("a person's words", () => {
  test.each([
    { words: 'polyp', model: 'starter-unet', segments: 1, reason: /^A person chose starter-unet\./ },
    {
      words: 'polyp; left kidney',
      model: 'starter-unet',
      segments: 0,
      reason: /^A person should look: starter-unet has not learned left kidney\.$/,
    },
    { words: 'left kidney', model: 'starter-vlsm', segments: 1, reason: /^A person chose starter-vlsm\./ },
    {
      words: 'left kidney',
      model: undefined,
      segments: 0,
      reason: /starter-vlsm has learned polyp, and something else was asked for/,
    },
  ])('"$words" to $model: $segments segments', async ({ words, model, segments, reason }) => {
    const segmented = await ask(words, model);
    expect(segmented.segments).toHaveLength(segments);
    expect(segmented.model?.id ?? null).toBe(segments > 0 ? model : null);
    expect(segmented.assessment.reason).toMatch(reason);
  });
});

test('the middle frame is judged, however many are inferred together', async () => {
  const other = await phantom('chest-pa-cr-01');
  const five = ({ frames }: SourceImage) => Array.from({ length: 5 }, () => frames).flat();
  const film = await infer(models, request({ ...source, frames: [...five(source), ...five(other)] }));
  const alone = await infer(models, request(other));
  expect(Buffer.from(film.image.data).equals(alone.image.data)).toBe(true);
});

test('a frame of an enhanced object is seen in its own window', async () => {
  const { dataset, ...instance } = parsePart10(await phantomFile('chest-pa-cr-01'));
  const window = (center: number, width: number): DataSet => ({
    '00281050': { vr: 'DS', Value: [center] },
    '00281051': { vr: 'DS', Value: [width] },
  });
  const seen = async (header: DataSet) =>
    (await infer(models, request(assembleSource([{ ...instance, dataset: { ...dataset, ...header } }])))).image.data;
  const groups: DataSet = {
    '52009230': { vr: 'SQ', Value: [{ '00289132': { vr: 'SQ', Value: [window(1000, 500)] } }] },
  };
  const own = await seen({ ...window(2048, 4096), ...groups });
  expect(Buffer.from(own).equals(await seen(window(1000, 500)))).toBe(true);
  expect(Buffer.from(own).equals(await seen(window(2048, 4096)))).toBe(false);
});

async function phantom(name: string): Promise<SourceImage> {
  return assembleSource([parsePart10(await phantomFile(name))]);
}

function request(of: SourceImage, words?: string): SegmentRequest {
  const task = catalogue.task('polyp');
  const { classes } = models.vlsm.bundle.manifest;
  const asked = words === undefined ? undefined : { words, classes };
  return { source: of, task, prompts: promptsFor(catalogue, task, headerOf(of), asked) };
}

function ask(words: string, model: string | undefined): Promise<Segmented> {
  return segmentSource(models, { ...request(source, words), model });
}
