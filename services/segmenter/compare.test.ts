import path from 'node:path';
import { type Catalogue, loadCatalogue } from '@maskwright/catalogue';
import { parsePart10 } from '@maskwright/dicom';
import { assembleSource, type SourceImage } from '@maskwright/image';
import { diceOf, overlapOf } from '@maskwright/score';
import { beforeAll, describe, expect, test } from 'vitest';
import { repositoryRoot } from '../../test/support/needs.ts';
import { phantomFile, starterModels } from '../../test/support/starter-models.ts';
import { type Compared, compareModels, type Look } from './compare.ts';
import type { Models } from './infer.ts';
import { headerOf, promptsFor } from './prompts-for.ts';
import type { SegmentRequest } from './segment-request.ts';
import { segmentSource } from './segment-source.ts';
import { summaryOf } from './summary.ts';

const AS_IT_SHOULD_BE = { photometric: 'MONOCHROME2', width: 4096 };
const WRONG = { photometric: 'MONOCHROME1', width: 16_384 };

let catalogue: Catalogue;
let models: Models;
beforeAll(async () => {
  catalogue = await loadCatalogue(path.join(repositoryRoot, 'catalogue'));
  models = await starterModels();
}, 60_000);

describe('a radiograph', () => {
  test('that is as it should be is looked at once', async () => {
    const compared = await compare(await radiograph(AS_IT_SHOULD_BE));
    expect(compared.assessment.retouch).toBeNull();
    expect(compared.assessment).toBe(compared.asIs.assessment);
  });

  test('whose header calls white what is black, in a window too wide, is looked at again, and drawn as if it were right', async () => {
    const right = await compare(await radiograph(AS_IT_SHOULD_BE));
    const wrong = await compare(await radiograph(WRONG));
    expect(wrong.assessment.retouch).toBe('inverted');
    expect(wrong.assessment.reason).toContain('black and white exchanged');
    const [before, after] = [sameness(wrong.asIs, right), sameness(wrong, right)];
    expect(Math.min(...after)).toBeGreaterThan(0.85);
    for (const [target, dice] of after.entries()) expect(dice).toBeGreaterThan(before[target] ?? 1);
  });

  test('that was looked at again is counted as it came, and its result says what was done', async () => {
    const request = requestOf(await radiograph(WRONG));
    const segmented = await segmentSource(models, request);
    const { assessment } = summaryOf(segmented);
    expect(assessment).toMatchObject({ retouch: 'inverted', distance: segmented.asIs.distance });
    expect(assessment.distance).toBeGreaterThan(segmented.assessment.distance ?? Number.POSITIVE_INFINITY);
  });

  test('is not looked at again for a person who named the model that shall answer', async () => {
    const { assessment, asIs } = await compare(await radiograph(WRONG), 'starter-vlsm');
    expect(assessment).toBe(asIs.assessment);
  });
});

async function radiograph({ photometric, width }: typeof WRONG): Promise<SourceImage> {
  const { dataset, ...instance } = parsePart10(await phantomFile('chest-pa-cr-01'));
  const header = {
    ...dataset,
    '00280004': { vr: 'CS', Value: [photometric] },
    '00281050': { vr: 'DS', Value: [2048] },
    '00281051': { vr: 'DS', Value: [width] },
  };
  return assembleSource([{ ...instance, dataset: header }]);
}

function requestOf(source: SourceImage): SegmentRequest {
  const task = catalogue.task('chest-xray');
  return { source, task, prompts: promptsFor(catalogue, task, headerOf(source)) };
}

function compare(source: SourceImage, model?: string): Promise<Compared> {
  return compareModels(models, { ...requestOf(source), model });
}

/** Dice between both looks' masks of the mean, one a target. */
function sameness(one: Look, other: Look): number[] {
  const masks = ({ inference }: Look) => inference.consensus.masks.map((mask) => mask?.unpacked() ?? new Uint8Array());
  const others = masks(other);
  return masks(one).map((mask, target) => diceOf(overlapOf(mask, others[target] ?? mask)));
}
