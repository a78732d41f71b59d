import type { RgbImage } from '@maskwright/image';
import type { Conventional, Logits, Vlsm } from '@maskwright/model';
import { mirroredImage, mirroredLogits, namesSide } from './mirror.ts';

/** One model's view of some frames, which is asked for one structure after the other. */
export interface Look<Question> {
  /** Features of the frames themselves, one a frame. */
  readonly pooled: readonly Float32Array[];
  /** Undefined where the model does not know what is asked for. */
  ask(question: Question): Promise<Answers | undefined>;
}
/** Each answer has one plane a frame. */
export interface Answers {
  /** One a wording, on the frames as they are. */
  readonly plain: readonly (readonly Logits[])[];
  /** The same on the mirror images, in the frames' own columns; empty where those were not asked. */
  readonly mirrored: readonly (readonly Logits[])[];
}

/** Asked for wordings of one prompt. Words that name a side are not asked of the mirror image. */
export async function lookWords(
  vlsm: Vlsm,
  images: readonly RgbImage[],
  family: string,
): Promise<Look<readonly string[]>> {
  const features = await vlsm.encode(images);
  const twins = mirrors(vlsm, family) ? await vlsm.encode(images.map(mirroredImage)) : undefined;
  return {
    pooled: features.map(({ pooled }) => pooled),
    async ask(wordings) {
      const plain = await Promise.all(wordings.map((words) => vlsm.segment(features, words)));
      if (!twins || wordings.some(namesSide)) return { plain, mirrored: [] };
      const mirrored = await Promise.all(wordings.map((words) => vlsm.segment(twins, words)));
      return { plain, mirrored: mirrored.map((planes) => planes.map(mirroredLogits)) };
    },
  };
}

/** Asked for one of the model's classes by name. */
export async function lookClasses(
  conventional: Conventional,
  images: readonly RgbImage[],
  family: string,
): Promise<Look<string>> {
  const results = await conventional.segment(images);
  const twins = mirrors(conventional, family) ? await conventional.segment(images.map(mirroredImage)) : [];
  const planesOf = (of: typeof results, name: string) => of.flatMap(({ logits }) => logits.get(name) ?? []);
  return {
    pooled: results.map(({ pooled }) => pooled),
    async ask(name) {
      const plain = planesOf(results, name);
      if (plain.length !== images.length) return undefined;
      const mirrored = planesOf(twins, name).map(mirroredLogits);
      return { plain: [plain], mirrored: mirrored.length > 0 ? [mirrored] : [] };
    },
  };
}

function mirrors({ bundle }: Vlsm | Conventional, family: string): boolean {
  return bundle.domains.get(family)?.mirrored ?? false;
}
