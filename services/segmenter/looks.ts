import type { RgbImage } from '@maskwright/image';
import type { Conventional, Logits, Vlsm } from '@maskwright/model';
import { mirroredImage, mirroredLogits, namesSide } from './mirror.ts';

/** What the models look at. */
export interface Views {
  readonly images: readonly RgbImage[];
  /** One an image; empty where no model asks for them. */
  readonly mirrored: readonly RgbImage[];
}
/** One model's view of some frames, which is asked for one structure after the other. */
export interface Look<Question, Answer> {
  /** Features of the frames themselves, one a frame. */
  readonly pooled: readonly Float32Array[];
  ask(question: Question): Promise<Answer>;
}
/** Each answer has one plane a frame. */
export interface Answers {
  /** One a wording, on the frames as they are. */
  readonly plain: readonly (readonly Logits[])[];
  /** The same on the mirror images, in the frames' own columns; empty where those were not asked. */
  readonly mirrored: readonly (readonly Logits[])[];
}

export function viewsOf(images: readonly RgbImage[], models: readonly (Vlsm | Conventional)[], family: string): Views {
  return { images, mirrored: models.some((model) => mirrors(model, family)) ? images.map(mirroredImage) : [] };
}

/** Asked for wordings of one prompt. Words that name a side are not asked of the mirror image. */
export async function lookWords(
  vlsm: Vlsm,
  { images, mirrored }: Views,
  family: string,
): Promise<Look<readonly string[], Answers>> {
  const features = await vlsm.encode(images);
  const twins = mirrors(vlsm, family) ? await vlsm.encode(mirrored) : undefined;
  return {
    pooled: features.map(({ pooled }) => pooled),
    async ask(wordings) {
      const plain = await Promise.all(wordings.map((words) => vlsm.segment(features, words)));
      if (!twins || wordings.some(namesSide)) return { plain, mirrored: [] };
      const answers = await Promise.all(wordings.map((words) => vlsm.segment(twins, words)));
      return { plain, mirrored: answers.map((planes) => planes.map(mirroredLogits)) };
    },
  };
}

/** Asked for one of the model's classes by name; undefined where it has no such class. */
export async function lookClasses(
  conventional: Conventional,
  { images, mirrored }: Views,
  family: string,
): Promise<Look<string, Answers | undefined>> {
  const results = await conventional.segment(images);
  const twins = mirrors(conventional, family) ? await conventional.segment(mirrored) : [];
  const planesOf = (of: typeof results, name: string) => of.flatMap(({ logits }) => logits.get(name) ?? []);
  return {
    pooled: results.map(({ pooled }) => pooled),
    async ask(name) {
      const plain = planesOf(results, name);
      if (plain.length !== images.length) return undefined;
      const answer = planesOf(twins, name).map(mirroredLogits);
      return { plain: [plain], mirrored: answer.length > 0 ? [answer] : [] };
    },
  };
}

function mirrors({ bundle }: Vlsm | Conventional, family: string): boolean {
  return bundle.domains.get(family)?.mirrored ?? false;
}
