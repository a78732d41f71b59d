import type { DataSet } from '@maskwright/dicom';
import type { Retouch } from '@maskwright/image';
import type { Domain } from '@maskwright/model';
import { describe, expect, test } from 'vitest';
import { type AssessInput, assess, type ModelView } from './assess.ts';

const domain: Domain = {
  modalities: ['CR', 'DX'],
  dim: 1,
  mean: [0],
  projection: [[1]],
  quantiles: Array.from({ length: 101 }, (_, i) => i / 100),
  near: 1,
  far: 2,
};

describe('assess', () => {
  test('keeps the masks of the VLSM at home and says the distance', () => {
    expect(assess(input({ distance: 0.385 }))).toMatchObject({
      family: 'chest-xray',
      gate: [],
      distance: expect.closeTo(0.385, 5),
      percentile: expect.closeTo(38.5, 3),
      agreement: null,
      choice: { kind: 'vlsm', model: 'words' },
      reason:
        'words was used: the image is like its training images (distance 0.4 of at most 1.0; 38 % of the chest-xray images it was calibrated on lie nearer).',
    });
  });

  test.each([
    ['one frame', [0.385], null],
    ['four frames', [0.05, 0.38, 0.39, 0.95], [0.25, 0, 0, 0.5, 0, 0, 0, 0, 0, 0.25]],
  ])('%s: how its frames spread over the card’s own images', (_, distances, percentileShares) => {
    expect(assess(input({ distances }))).toMatchObject({ percentileShares });
  });

  test.each<[string, Settings, string, RegExp]>([
    [
      'at the edge, models agree',
      { distance: 1.5, agreement: 0.86 },
      'vlsm',
      /^words was used: the image is unusual \(distance 1\.5, usual up to 1\.0, foreign beyond 2\.0; 100 % .*\), but classes drew nearly the same masks \(Dice 0\.86\)\.$/,
    ],
    [
      'at the edge, models differ',
      { distance: 1.5, agreement: 0.5 },
      'conventional',
      /^classes was used: .*Dice 0\.50/,
    ],
    [
      'at the edge, models differ, the other one at home',
      { distance: 1.5, agreement: 0.5, conventionalDistance: 0.5 },
      'conventional',
      /^classes was used: .*Dice 0\.50/,
    ],
    [
      'at the edge, models disagree',
      { distance: 1.5, agreement: 0.1 },
      'needs-person',
      /drew different things \(Dice 0\.10\)/,
    ],
    ['at the edge, no comparison', { distance: 1.5 }, 'needs-person', /classes has no masks to compare with/],
    [
      'at the edge, the other model lacks a structure',
      { distance: 1.5, agreement: 0.5, targets: ['heart', 'rib'], openVocabulary: true },
      'needs-person',
      /classes does not fit the image or lacks a structure/,
    ],
    [
      'a task that asks for what was not learned',
      { distance: 0.5, targets: ['heart', 'rib'] },
      'needs-person',
      /of chest-xray images words has learned heart, left lung, and something else was asked for; the image is like/,
    ],
    [
      'at the edge, the other model is far from home',
      { distance: 1.5, agreement: 0.5, conventionalDistance: 3 },
      'needs-person',
      /classes does not fit/,
    ],
    [
      'beyond',
      { distance: 2.5, agreement: 1 },
      'needs-person',
      /unlike the training images \(distance 2\.5, foreign beyond 2\.0/,
    ],
    ['one of three slices beyond', { distances: [0.5, 9, 0.4] }, 'vlsm', /distance 0\.5 of at most/],
    [
      'modality of another kind',
      { distance: 0, modality: 'MR' },
      'needs-person',
      /modality MR is not one that words was trained on \(CR, DX\)/,
    ],
    ['plain picture', { distance: 0, modality: 'OT' }, 'vlsm', /^words was used/],
    ['no modality', { distance: 0, modality: null }, 'vlsm', /^words was used/],
    ['unknown family', { distance: 0, family: 'polyp' }, 'needs-person', /words was not trained on polyp images/],
    [
      'grey modality in colour',
      { distance: 0, photometric: 'RGB' },
      'needs-person',
      /it is in colour \(RGB\), and CR training images are grey/,
    ],
    ['inverted grey', { distance: 0, photometric: 'MONOCHROME1' }, 'vlsm', /^words was used/],
    [
      'photograph in grey',
      { distance: 0, modality: 'ES', modalities: ['ES'], photometric: 'MONOCHROME2' },
      'needs-person',
      /it is grey \(MONOCHROME2\), and ES training images are in colour/,
    ],
    [
      'photograph in colour',
      { distance: 0, modality: 'ES', modalities: ['ES'], photometric: 'YBR_FULL_422' },
      'vlsm',
      /^words was used/,
    ],
    [
      'ultrasound in colour',
      { distance: 0, modality: 'US', modalities: ['US'], photometric: 'RGB' },
      'vlsm',
      /^words was used/,
    ],
    ['small image', { distance: 0, side: 31 }, 'needs-person', /only 31 x 31 pixels/],
    ['smallest image', { distance: 0, side: 32 }, 'vlsm', /^words was used/],
    ['uniform image', { distance: 0, uniform: true }, 'needs-person', /the image is uniform/],
    [
      'asked by a person in spite of all',
      { distance: 2.5, modality: 'MR', humanPrompt: true },
      'vlsm',
      /^A person asked, so words answered: its modality MR .*; the image is unlike/,
    ],
    [
      'asked by a person for what it has not learned',
      { distance: 0.5, humanPrompt: true, targets: ['heart', 'left kidney'] },
      'needs-person',
      /of chest-xray images words has learned heart, left lung, and something else was asked for; the image is like/,
    ],
    [
      'the same, of a model that may answer for anything',
      { distance: 0.5, humanPrompt: true, targets: ['left kidney'], openVocabulary: true },
      'vlsm',
      /^A person asked, so words answered/,
    ],
    [
      'at home, models differ',
      { distance: 0.5, agreement: 0.79 },
      'vlsm',
      /^words was used: .*lie nearer\); look closely, because classes drew partly other masks \(Dice 0\.79\)\.$/,
    ],
    [
      'retouched, as a radiograph should look',
      { distance: 0.5, retouch: 'inverted', asIsDistance: 3 },
      'vlsm',
      /^words was used: the image, black and white exchanged and its light made that of the training images, is like its/,
    ],
    [
      'retouched, at the edge as before',
      { distance: 1.5, agreement: 0.9, retouch: 'smoothed', asIsDistance: 1.6 },
      'vlsm',
      /the image, smoothed, is unusual/,
    ],
    [
      'retouched, a stranger that only came nearer',
      { distance: 1.5, agreement: 0.9, retouch: 'levelled', asIsDistance: 2.1 },
      'needs-person',
      /the image, its light made that of the training images, is unlike/,
    ],
    ['at home, models agree', { distance: 0.5, agreement: 0.8 }, 'vlsm', /lie nearer\)\.$/],
    [
      'at home, models disagree',
      { distance: 0.5, agreement: 0.05 },
      'needs-person',
      /drew different things \(Dice 0\.05\)\.$/,
    ],
  ])('%s', (_, settings, kind, reason) => {
    const assessment = assess(input(settings));
    expect(assessment.choice.kind).toBe(kind);
    expect(assessment.reason).toMatch(reason);
  });
});

interface Settings {
  readonly distance?: number;
  readonly distances?: readonly number[];
  readonly conventionalDistance?: number;
  readonly agreement?: number;
  readonly targets?: readonly string[];
  readonly modality?: string | null;
  /** Of the training images. */
  readonly modalities?: readonly string[];
  readonly photometric?: string;
  readonly family?: string;
  readonly side?: number;
  readonly uniform?: boolean;
  readonly humanPrompt?: boolean;
  readonly openVocabulary?: boolean;
  readonly retouch?: Retouch;
  /** Before it was retouched. */
  readonly asIsDistance?: number;
}
function input(settings: Settings): AssessInput {
  const { modality = 'CR', side = 64, uniform = false } = settings;
  const distances = settings.distances ?? [settings.distance ?? 0];
  const view = (id: string, at: readonly number[], openVocabulary?: boolean) => ({
    bundle: bundle(id, settings.modalities ?? domain.modalities, openVocabulary),
    pooled: at.map((d) => Float32Array.of(d)),
  });
  const dataset: DataSet = {
    ...(modality === null ? {} : { '00080060': { vr: 'CS', Value: [modality] } }),
    ...(settings.photometric === undefined ? {} : { '00280004': { vr: 'CS', Value: [settings.photometric] } }),
  };
  const { retouch: how, asIsDistance: distance = 0 } = settings;
  return {
    ...(how && { retouched: { how, asIs: assess(input({ distance })) } }),
    family: settings.family ?? 'chest-xray',
    dataset,
    vlsm: view('words', distances, settings.openVocabulary),
    conventional: view(
      'classes',
      settings.conventionalDistance === undefined ? distances : [settings.conventionalDistance],
    ),
    targets: settings.targets ?? ['heart'],
    humanPrompt: settings.humanPrompt ?? false,
    agreement: settings.agreement,
    image: { width: side, height: side, data: new Uint8Array(side * side * 3).map((_, i) => (uniform ? 7 : i)) },
  };
}
function bundle(id: string, modalities: readonly string[], openVocabulary = false): ModelView['bundle'] {
  const classesOf = (family: string) => (family === 'chest-xray' ? ['heart', 'left lung'] : []);
  return {
    id,
    answersFor: (family, target) => openVocabulary || classesOf(family).includes(target),
    domains: new Map([['chest-xray', { ...domain, modalities }]]),
    classesOf,
  };
}
