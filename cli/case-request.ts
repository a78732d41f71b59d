import type { Catalogue } from '@maskwright/catalogue';
import { MaskwrightError } from '@maskwright/errors';
import { type Attribute, parseAttributes, wordingOf } from '@maskwright/prompt';
import { headerOf, type SegmentRequest } from '@maskwright/segmenter';
import { z } from 'zod';
import type { Asked } from './evaluate-target.ts';
import { parseJson } from './read-file.ts';

const familyOnly = z.looseObject({ family: z.string().nullish() });

/** The attributes' file: one object or an array whose first counts, with the image's family beside the attributes. */
export function readAttributes(words: string, file: string) {
  if (words.trim() === '') return { family: undefined, attributes: () => [] };
  const json = parseJson(words, file);
  const parsed = familyOnly.safeParse(Array.isArray(json) ? (json[0] ?? {}) : json);
  if (!parsed.success) throw new MaskwrightError('USAGE', `${file} is no object of attributes`);
  const { family, ...rest } = parsed.data;
  return {
    family: family ?? undefined,
    attributes: (catalogue: Catalogue, { task, target }: Asked): readonly Attribute[] => {
      const given = { ...rest, class: target.name };
      const [all = []] = parseAttributes(given, catalogue.templates(task.family), file);
      return all.filter(({ name }) => name !== 'class');
    },
  };
}

/** A prompt type that was asked for is asked alone, without the task's ensemble and second look. */
export function requestOf(
  catalogue: Catalogue,
  { task, target }: Asked,
  source: SegmentRequest['source'],
  add: readonly Attribute[],
  type: string | undefined,
): SegmentRequest {
  const { ensemble: _, secondPass: __, ...plain } = task;
  const asked = { ...(type === undefined ? task : plain), targets: [target] };
  const words = wordingOf(catalogue, headerOf(source), asked, target);
  const wording: typeof words = (change = {}) =>
    words({ ...(type === undefined ? {} : { type }), ...change, add: [...add, ...(change.add ?? [])] });
  return { source, task: asked, prompts: [{ target, prompt: wording(), wording }] };
}
