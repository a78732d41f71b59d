import { createHash } from 'node:crypto';
import type { Task } from '@maskwright/catalogue';
import type { RgbImage } from '@maskwright/image';
import type { BundleShelf } from '@maskwright/model';
import type { Models } from '@maskwright/segmenter';

/** The model id under which the assessment's own choice is scored. */
export const AUTO = 'auto';

/** Two models that are run together, and those ids whose masks are scored. */
export interface Pair {
  readonly models: Task['models'];
  readonly scored: readonly string[];
}

/**
 * The pairs that a task's cases need: the task's own, and one for each other model that was asked for.
 * @param wanted ids, `auto` among them; undefined: the task's own two and `auto`
 * @throws MaskwrightError MODEL_UNKNOWN, BUNDLE_INVALID
 */
export function pairsFor({ models }: Task, wanted: readonly string[] | undefined, shelf: BundleShelf): Pair[] {
  const own: readonly string[] = [models.vlsm, models.conventional, AUTO];
  const ids = wanted ?? own;
  const scored = ids.filter((id) => own.includes(id));
  const others = ids
    .filter((id) => !own.includes(id))
    .map((id) => ({ models: { ...models, [shelf.get(id).kind]: id }, scored: [id] }));
  return scored.length > 0 ? [{ models, scored }, ...others] : others;
}

export type ModelsFor = (task: Pick<Task, 'models'>) => Promise<Models>;

/** Frames whose features are kept: enough for every look at one picture in each of its poses. */
const KEPT = 16;

/** Models that do not encode the same image again for its next structure, prompt type or look. */
export function remembering(load: ModelsFor): ModelsFor {
  const known = new WeakMap<Models, Models>();
  return async (task) => {
    const models = await load(task);
    const { vlsm, conventional } = models;
    const wrapped = known.get(models) ?? {
      vlsm: { ...vlsm, encode: remembered(vlsm.encode) },
      conventional: { ...conventional, segment: remembered(conventional.segment) },
    };
    known.set(models, wrapped);
    return wrapped;
  };
}

type Run<Result> = (images: readonly RgbImage[], family?: string) => Promise<Result>;

function remembered<Result>(run: Run<Result>): Run<Result> {
  const results = new Map<string, { readonly result: Promise<Result>; readonly frames: number }>();
  return (images, family) => {
    const hash = createHash('sha256').update(`${family} `);
    for (const { width, height, data } of images) hash.update(`${width} ${height} `).update(data);
    const key = hash.digest('hex');
    const before = results.get(key);
    if (before) return before.result;
    const result = run(images, family);
    results.set(key, { result, frames: images.length });
    result.catch(() => results.delete(key));
    let kept = results.values().reduce((sum, { frames }) => sum + frames, 0);
    for (const [old, { frames }] of results) {
      if (kept <= KEPT || old === key) break;
      results.delete(old);
      kept -= frames;
    }
    return result;
  };
}
