import path from 'node:path';
import { datasetOf, type KeywordValues, matrixOf } from '@maskwright/dicom';
import { beforeAll, describe, expect, test } from 'vitest';
import { repositoryRoot } from '../../test/support/needs.ts';
import { type Catalogue, loadCatalogue } from './catalogue.ts';
import { explainSeries, imagesOfTask, selectTasksOfSeries, sizesOfTask } from './images.ts';

let catalogue: Catalogue;
beforeAll(async () => {
  catalogue = await loadCatalogue(path.join(repositoryRoot, 'catalogue'));
});

const radiograph = (ViewPosition: string) => ({ Modality: 'DX', BodyPartExamined: 'CHEST', ViewPosition });
const [PA, LL, AP] = [radiograph('PA'), radiograph('LL'), radiograph('AP')];
const slice = { Modality: 'CT', BodyPartExamined: 'CHEST', ImageType: ['ORIGINAL', 'PRIMARY', 'AXIAL'] };
const scout = { ...slice, ImageType: ['ORIGINAL', 'PRIMARY', 'LOCALIZER'] };
const oddSlice = { ...slice, BodyPartExamined: 'HEAD' };
const image = (values: KeywordValues = {}) => ({ dataset: datasetOf({ Rows: 8, ...values }) });

describe('the images of a series that a task gets', () => {
  test.each<[string, string, readonly (KeywordValues | undefined)[], readonly number[], readonly string[]]>([
    ['a frontal radiograph beside a lateral one', 'chest-xray', [PA, LL], [0], ['chest-xray']],
    ['whichever comes first', 'chest-xray', [LL, PA, AP], [1, 2], ['chest-xray']],
    ['none of a lateral one: whoever names the task gets it', 'chest-xray', [LL], [0], []],
    ['slices beside a localizer', 'ct-torso', [slice, scout, slice], [0, 2], ['ct-torso']],
    ['whichever of these comes first', 'ct-torso', [scout, slice, slice, scout], [1, 2], ['ct-torso']],
    [
      'slices are not judged one by one: a gap would be worse',
      'ct-torso',
      [slice, oddSlice, slice],
      [0, 1, 2],
      ['ct-torso'],
    ],
    ['slices beside a localizer, of a task that does not select them', 'chest-xray', [scout, slice], [1], ['ct-torso']],
    ['localizers alone', 'ct-torso', [scout, scout], [0, 1], []],
    ['no image', 'ct-torso', [], [], []],
  ])('%s', (_, task, series, kept, tasks) => {
    const images = series.map(image);
    const found = imagesOfTask(catalogue, catalogue.task(task), images);
    expect(found.images).toEqual(kept.map((at) => images[at]));
    expect(found.warnings.length).toBe(kept.length < images.length ? 1 : 0);
    const selected = selectTasksOfSeries(
      catalogue,
      images.map(({ dataset }) => dataset),
    );
    expect(selected.map((one) => one.task.id)).toEqual(tasks);
  });

  const wound = { Modality: 'XC', BodyPartExamined: 'FOOT' };
  const report = { Modality: 'SR', Rows: 0 };
  test.each<[string, string, readonly KeywordValues[], readonly (string | undefined)[]]>([
    ['one size is not named', 'foot-ulcer', [wound, wound], [undefined]],
    ['of photographs each size', 'foot-ulcer', [wound, { ...wound, Columns: 6 }, wound], ['8x8', '8x6']],
    ['not those of images that the task does not get', 'chest-xray', [PA, { ...LL, Rows: 9 }], [undefined]],
    ['what is no image has none', 'foot-ulcer', [wound, report], [undefined]],
    ['slices of several sizes are no volume: none is named', 'ct-torso', [slice, { ...slice, Rows: 9 }], [undefined]],
    ['nothing', 'foot-ulcer', [], [undefined]],
  ])('sizes: %s', (_, task, series, sizes) => {
    const images = series.map((values) => image({ Columns: 8, ...values }));
    const found = sizesOfTask(catalogue, catalogue.task(task), images);
    expect(found.map(({ matrix }) => matrix)).toEqual(sizes);
    const of = (size: string | undefined) => images.filter(({ dataset }) => !size || matrixOf(dataset) === size);
    expect(found.map((one) => one.images)).toEqual(sizes.map(of));
  });

  test('what is left out is told with its number and the rule’s word', () => {
    const { warnings } = imagesOfTask(catalogue, catalogue.task('chest-xray'), [LL, PA, LL].map(image));
    expect(warnings).toEqual([
      "2 of 3 images of the series are not chest-xray's and were left out: ViewPosition says lateral",
    ]);
  });

  test('what is no image is neither judged nor told of', () => {
    const series = [image(PA), { dataset: datasetOf({ Modality: 'SR' }) }];
    expect(imagesOfTask(catalogue, catalogue.task('chest-xray'), series)).toEqual({ images: series, warnings: [] });
  });

  test('what no image tells decides nothing: who sent them is known to the archive, and not to the files', () => {
    const sentBy = { ...catalogue.task('chest-xray'), id: 'sent-by' };
    const tasks = { tasks: [{ ...sentBy, select: { ...sentBy.select, callingAE: ['ROOM*'] } }] };
    const images = [LL, PA].map(image);
    expect(imagesOfTask(tasks, sentBy, images)).toMatchObject({
      images: [images[1]],
      warnings: [expect.stringContaining('1 of 2')],
    });
  });

  test('a task is asked once of each image, whatever other tasks there are, until each that fits the modality is found', () => {
    let asked = 0;
    const counted = (id: string, view: 'frontal' | 'lateral', modality: string) => {
      const select = {
        modality: [modality],
        get view() {
          asked++;
          return [view];
        },
      };
      return { ...catalogue.task('chest-xray'), id, select };
    };
    const tasks = [
      counted('frontal', 'frontal', 'DX'),
      counted('lateral', 'lateral', 'DX'),
      counted('us', 'frontal', 'US'),
    ];
    const images = [PA, LL, ...Array.from({ length: 100 }, () => PA)].map(image);
    const perJudgement = () => {
      const before = asked;
      imagesOfTask({ tasks: tasks.slice(0, 1) }, { id: 'frontal' }, images.slice(0, 1));
      return asked - before;
    };
    const one = perJudgement();
    asked = 0;
    imagesOfTask({ tasks }, { id: 'frontal' }, images);
    expect(asked).toBe(images.length * one);
    asked = 0;
    explainSeries(
      { tasks },
      images.map(({ dataset }) => dataset),
    );
    expect(asked).toBe(3 * one + 2 * one);
  });

  test('of a group, an image that the first task gets is not the next one’s', () => {
    const [frontal, any] = ['frontal', 'any'].map((id, order) => ({
      ...catalogue.task('chest-xray'),
      id,
      select: { modality: ['DX'], ...(id === 'frontal' ? { view: ['frontal' as const] } : {}) },
      firstOf: { group: 'chest', order },
    }));
    if (!frontal || !any) throw new Error('unreachable');
    const images = [PA, LL].map(image);
    const tasks = { tasks: [frontal, any] };
    expect(imagesOfTask(tasks, frontal, images).images).toEqual([images[0]]);
    expect(imagesOfTask(tasks, any, images).images).toEqual([images[1]]);
    expect(
      selectTasksOfSeries(
        tasks,
        images.map(({ dataset }) => dataset),
      ).length,
    ).toBe(2);
  });
});

test('a series is explained by the first image that a task selects, else by the first', () => {
  const explained = (series: readonly (KeywordValues | undefined)[]) =>
    explainSeries(
      catalogue,
      series.map((values) => image(values).dataset),
    ).find(({ task }) => task.id === 'chest-xray');
  expect(explained([LL, PA])).toMatchObject({ selected: true });
  expect(explained([LL, LL])).toMatchObject({ selected: false, reasons: ['ViewPosition says lateral'] });
  expect(explained([])).toMatchObject({ selected: false });
});
