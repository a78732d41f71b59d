import type { RgbImage } from '@maskwright/image';
import type { ConventionalResult, ImageFeatures, Logits } from '@maskwright/model';
import { describe, expect, test } from 'vitest';
import { lookClasses, lookWords, viewsOf } from './looks.ts';
import type { Pose } from './pose.ts';

const REDS = [1, 2, 3, 4, 5, 6];
const image: RgbImage = { width: 3, height: 2, data: Uint8Array.from(REDS.flatMap((red) => [red, 0, 0])) };
const redOf = ({ data }: RgbImage) =>
  Float32Array.from({ length: data.length / 3 }, (_, pixel) => data[3 * pixel] ?? 0);

const SIZE = { width: image.width, height: image.height };
const bundleOf = (poses: Partial<Pose>, input: typeof SIZE) => ({
  domains: new Map([['polyp', poses]]),
  inputFor: () => input,
});

/** Says of each pixel how red it is, so that in any pose the answer belongs to the pixel. */
function vlsmOf(poses: Partial<Pose>, input = SIZE) {
  return {
    bundle: bundleOf(poses, input),
    encode: async (images: readonly RgbImage[]): Promise<ImageFeatures[]> =>
      images.map((each) => ({
        pooled: Float32Array.of(each.data[0] ?? 0),
        maps: new Map([['red', { dims: [each.height, each.width], data: redOf(each) }]]),
      })),
    segment: async (features: readonly ImageFeatures[]): Promise<Logits[]> =>
      features.flatMap(({ maps }) => {
        const red = maps.get('red');
        return red ? [{ width: image.width, height: image.height, data: red.data }] : [];
      }),
  };
}
function conventionalOf(poses: Partial<Pose>, input = SIZE, name = 'polyp') {
  return {
    bundle: bundleOf(poses, input),
    segment: async (images: readonly RgbImage[]): Promise<ConventionalResult[]> =>
      images.map((each) => ({
        pooled: Float32Array.of(each.data[0] ?? 0),
        logits: new Map([[name, { width: each.width, height: each.height, data: redOf(each) }]]),
      })),
  };
}
const valuesOf = (answers: readonly (readonly Logits[])[]) =>
  answers.map((planes) => planes.map(({ data }) => [...data]));

describe.each<[string, Partial<Pose>, number]>([
  ['no pose', {}, 0],
  ['the mirror image', { mirrored: true }, 1],
  ['the turned image', { turned: true }, 1],
  ['both', { mirrored: true, turned: true }, 3],
])('a family that allows %s', (_, poses, others) => {
  test('is asked in as many poses, and each answer lies on the image as it is', async () => {
    const [vlsm, conventional] = [vlsmOf(poses), conventionalOf(poses)];
    const views = viewsOf([image], [vlsm, conventional], 'polyp');
    expect(views.posed).toHaveLength(others);
    const words = await lookWords(vlsm, views, 'polyp');
    const classes = await lookClasses(conventional, views, 'polyp');
    for (const answers of [await words.ask(['polyp']), await classes.ask('polyp')]) {
      expect(valuesOf(answers?.plain ?? [])).toEqual([[REDS]]);
      expect(valuesOf(answers?.posed ?? [])).toEqual(Array.from({ length: others }, () => [REDS]));
    }
  });

  test('has the features of the image as it is', async () => {
    const vlsm = vlsmOf(poses);
    const { pooled } = await lookWords(vlsm, viewsOf([image], [vlsm], 'polyp'), 'polyp');
    expect(pooled).toEqual([Float32Array.of(1)]);
  });
});

test('each model is asked only in the poses that its own bundle allows', async () => {
  const [vlsm, conventional] = [vlsmOf({ mirrored: true }), conventionalOf({ turned: true })];
  const views = viewsOf([image], [vlsm, conventional], 'polyp');
  expect((await (await lookWords(vlsm, views, 'polyp')).ask(['polyp'])).posed).toHaveLength(1);
  expect((await (await lookClasses(conventional, views, 'polyp')).ask('polyp'))?.posed).toHaveLength(1);
});

test.each<[readonly string[], number]>([
  [['polyp'], 3],
  [['polyp in the top left of the image'], 0],
  [['polyp', 'polyp on the left'], 2],
  [['polyp', 'a red lesion'], 6],
])('%j: asked only where every wording holds, %i answers', async (wordings, answers) => {
  const vlsm = vlsmOf({ mirrored: true, turned: true });
  const look = await lookWords(vlsm, viewsOf([image], [vlsm], 'polyp'), 'polyp');
  const { plain, posed } = await look.ask(wordings);
  expect(plain).toHaveLength(wordings.length);
  expect(posed).toHaveLength(answers);
});

test.each([
  ['polyp', 3],
  ['left lung', 1],
  ['upper lobe', 1],
])('the class %j: asked only where its name holds, %i times', async (name, answers) => {
  const conventional = conventionalOf({ mirrored: true, turned: true }, SIZE, name);
  const look = await lookClasses(conventional, viewsOf([image], [conventional], 'polyp'), 'polyp');
  expect((await look.ask(name))?.posed).toHaveLength(answers);
});

test('a class that the model does not have is no answer, and an unknown family has one pose', async () => {
  const conventional = conventionalOf({ mirrored: true });
  const look = await lookClasses(conventional, viewsOf([image], [conventional], 'polyp'), 'polyp');
  expect(await look.ask('liver')).toBeUndefined();
  expect(viewsOf([image], [conventional], 'skin-lesion').posed).toEqual([]);
});

test.each([
  ['of one size are given images of that size, squashed once', { width: 2, height: 1 }, { width: 2, height: 1 }],
  ['of two sizes are given the images as they are', { width: 4, height: 4 }, SIZE],
])('models %s', (_, other, expected) => {
  const models = [vlsmOf({ turned: true }, { width: 2, height: 1 }), conventionalOf({}, other)];
  const { images, posed } = viewsOf([image], models, 'polyp');
  for (const each of [...images, ...posed.flatMap(({ images }) => images)]) expect(each).toMatchObject(expected);
});
