import { BOMBS } from './bombs.ts';
import { read } from './corpus.ts';
import { MUTATIONS } from './mutations.ts';
import { randomOf } from './random.ts';

export interface FuzzInput {
  readonly bytes: Uint8Array;
  /** How it was made. */
  readonly made: string;
}

const BOMB_SHARE = 0.1;

/** The input of a seed: a bomb, or a file of the corpus changed in up to four ways. */
export function inputOf(seed: number, corpus: readonly string[]): FuzzInput {
  const random = randomOf(seed);
  if (corpus.length === 0 || random.chance(BOMB_SHARE)) {
    const name = random.pick(Object.keys(BOMBS));
    return { bytes: BOMBS[name]?.(random) ?? new Uint8Array(), made: `bomb: ${name}` };
  }
  const file = random.pick(corpus);
  const names = Array.from({ length: 1 + random.below(random.pick([1, 1, 2, 4])) }, () =>
    random.pick(Object.keys(MUTATIONS)),
  );
  let bytes = read(file);
  for (const name of names) {
    if (bytes.length > 0) bytes = MUTATIONS[name]?.(bytes, random, read(random.pick(corpus))) ?? bytes;
  }
  const tail = file.split('/').slice(-2).join('/');
  return { bytes, made: `${tail}: ${names.join(', ')}` };
}
