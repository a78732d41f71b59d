import path from 'node:path';
import { type Catalogue, loadCatalogue } from '@maskwright/catalogue';
import { parsePart10 } from '@maskwright/dicom';
import { assembleSource, type SourceImage } from '@maskwright/image';
import { beforeAll, describe, expect, test } from 'vitest';
import { repositoryRoot } from '../../test/support/needs.ts';
import { phantomFile, starterModels } from '../../test/support/starter-models.ts';
import type { Models } from './infer.ts';
import { headerOf, promptsFor } from './prompts-for.ts';
import { segmentSource } from './segment-source.ts';

let catalogue: Catalogue;
let models: Models;
let endoscopy: SourceImage;
beforeAll(async () => {
  catalogue = await loadCatalogue(path.join(repositoryRoot, 'catalogue'));
  models = await starterModels();
  endoscopy = assembleSource([parsePart10(await phantomFile('endoscopy-04'))]);
}, 60_000);

describe('a task may ask', () => {
  test('a second time, with what the first masks have shown', async () => {
    const task = { ...catalogue.task('polyp'), promptType: 'P1', secondPass: 'P6' };
    const prompts = promptsFor(catalogue, task, headerOf(endoscopy));
    const { prompts: asked, attributes } = await segmentSource(models, { source: endoscopy, task, prompts });
    expect(prompts[0]?.prompt.text).toBe('polyp');
    expect(asked[0]?.prompt.text).toMatch(/^(one|two) (small|medium) polyp, located in .+ of the image$/);
    expect(attributes.filter(({ source }) => source === 'first-pass mask').map(({ name }) => name)).toEqual([
      'number',
      'size',
      'location',
    ]);
  });

  test('a second time a single image only: the masks of a series differ from frame to frame', async () => {
    const task = { ...catalogue.task('polyp'), promptType: 'P1', secondPass: 'P6' };
    const loop = { ...endoscopy, frames: [...endoscopy.frames, ...endoscopy.frames] };
    const prompts = promptsFor(catalogue, task, headerOf(loop));
    const { prompts: asked } = await segmentSource(models, { source: loop, task, prompts });
    expect(asked).toEqual(prompts);
  });

  test('several wordings, and tells how far their masks agree', async () => {
    const task = { ...catalogue.task('polyp'), promptType: 'P1', ensemble: ['P7'] };
    const prompts = promptsFor(catalogue, task, headerOf(endoscopy));
    expect(prompts[0]?.prompt.wordings).toHaveLength(6);
    const { assessment } = await segmentSource(models, { source: endoscopy, task, prompts });
    expect(assessment.wordings).toBeGreaterThan(0.5);
    expect(assessment.wordings).toBeLessThanOrEqual(1);
    const alone = await segmentSource(models, { source: endoscopy, task: catalogue.task('polyp'), prompts });
    expect(alone.assessment.wordings).toBeNull();
  });
});
