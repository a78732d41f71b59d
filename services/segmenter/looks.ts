import { type RgbImage, resizeRgb } from '@maskwright/image';
import type { Conventional, Logits, Vlsm } from '@maskwright/model';
import { allows, holds, type Pose, posedImage, posesOf, unposedLogits } from './pose.ts';

/** What the models look at. */
export interface Views {
  readonly images: readonly RgbImage[];
  /** The same images in each pose that one of the models asks for. */
  readonly posed: readonly PosedImages[];
}
export interface PosedImages {
  readonly pose: Pose;
  readonly images: readonly RgbImage[];
}
/** One model's view of some frames, which is asked for one structure after the other. */
export interface Look<Question, Answer> {
  /** Features of the frames themselves, one a frame. */
  readonly pooled: readonly Float32Array[];
  ask(question: Question): Promise<Answer>;
}
/** Each answer has one plane a frame, in the frames' own rows and columns. */
export interface Answers {
  /** One a wording, on the frames as they are. */
  readonly plain: readonly (readonly Logits[])[];
  /** The same on the posed frames, one a pose and wording; empty where none was asked. */
  readonly posed: readonly (readonly Logits[])[];
}

/** A model whose bundle says in which poses and in what size a family is asked. */
export interface Posing {
  readonly bundle: {
    readonly domains: ReadonlyMap<string, Partial<Pose>>;
    inputFor(family: string): { readonly width: number; readonly height: number };
  };
}

/** In which poses one model or the other asks for the family's images, beside their own. */
export function posesFor(models: readonly Posing[], family: string): Pose[] {
  const domains = models.map((model) => domainOf(model, family));
  return posesOf({
    mirrored: domains.some((domain) => domain?.mirrored),
    turned: domains.some((domain) => domain?.turned),
  });
}

export function viewsOf(images: readonly RgbImage[], models: readonly Posing[], family: string): Views {
  const poses = posesFor(models, family);
  const seen = squashed(images, models, family);
  return { images: seen, posed: poses.map((pose) => ({ pose, images: seen.map((image) => posedImage(image, pose)) })) };
}

/** Once for all poses and models, where the models' inputs have one size; else as they are. */
function squashed(images: readonly RgbImage[], models: readonly Posing[], family: string): readonly RgbImage[] {
  const [first, ...others] = models.map(({ bundle }) => bundle.inputFor(family));
  if (!first || others.some(({ width, height }) => width !== first.width || height !== first.height)) return images;
  return images.map((image) => resizeRgb(image, first.width, first.height));
}

/** Asked for wordings of one prompt. Words that name a place are not asked where the pose moves it. */
export async function lookWords(
  vlsm: Pick<Vlsm, 'encode' | 'segment'> & Posing,
  { images, posed }: Views,
  family: string,
): Promise<Look<readonly string[], Answers>> {
  const features = await vlsm.encode(images, family);
  const others = await Promise.all(
    allowed(posed, vlsm, family).map(async ({ pose, images }) => ({
      pose,
      features: await vlsm.encode(images, family),
    })),
  );
  return {
    pooled: features.map(({ pooled }) => pooled),
    async ask(wordings) {
      const asked = others.filter(({ pose }) => wordings.every((words) => holds(words, pose)));
      return {
        plain: await Promise.all(wordings.map((words) => vlsm.segment(features, words))),
        posed: await Promise.all(
          asked.flatMap(({ pose, features }) =>
            wordings.map(async (words) => unposed(await vlsm.segment(features, words), pose)),
          ),
        ),
      };
    },
  };
}

/** Asked for one of the model's classes by name; undefined where it has no such class. A name of a place is not asked where the pose moves it. */
export async function lookClasses(
  conventional: Pick<Conventional, 'segment'> & Posing,
  { images, posed }: Views,
  family: string,
): Promise<Look<string, Answers | undefined>> {
  const results = await conventional.segment(images, family);
  const others = await Promise.all(
    allowed(posed, conventional, family).map(async ({ pose, images }) => ({
      pose,
      results: await conventional.segment(images, family),
    })),
  );
  const planesOf = (of: typeof results, name: string) => of.flatMap(({ logits }) => logits.get(name) ?? []);
  return {
    pooled: results.map(({ pooled }) => pooled),
    async ask(name) {
      const plain = planesOf(results, name);
      if (plain.length !== images.length) return undefined;
      const asked = others.filter(({ pose }) => holds(name, pose));
      return { plain: [plain], posed: asked.map(({ pose, results }) => unposed(planesOf(results, name), pose)) };
    },
  };
}

function allowed(posed: readonly PosedImages[], model: Posing, family: string): PosedImages[] {
  return posed.filter(({ pose }) => allows(domainOf(model, family), pose));
}

function domainOf({ bundle }: Posing, family: string): Partial<Pose> | undefined {
  return bundle.domains.get(family);
}

function unposed(planes: readonly Logits[], pose: Pose): readonly Logits[] {
  return planes.map((plane) => unposedLogits(plane, pose));
}
