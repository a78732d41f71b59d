import { createHash } from 'node:crypto';
import type { JobKey } from './queue.ts';

/** Everything that decides what the result of a job is. */
export interface JobKeyParts {
  /** SOPInstanceUIDs of the images; a set: neither order nor repetition says anything. */
  readonly sources: readonly string[];
  readonly task: string;
  /** Digests of the candidate bundles, in the task's order of preference. */
  readonly bundles: readonly string[];
  /** The size of the sources, where a task gets images of several: a job of its own, whatever else is in the series. */
  readonly matrix?: string;
  /** A person's words; absent where the task's templates speak. */
  readonly prompt?: string;
  /** Raised when the code gives another result for the same input. */
  readonly resultVersion: string;
}

/** SHA-256 over the parts in one canonical form: the same parts give the same key on every machine. */
export function jobKey(parts: JobKeyParts): JobKey {
  const canonical = JSON.stringify({
    form: 'maskwright.job-key/1',
    sources: [...new Set(parts.sources)].sort(),
    task: parts.task,
    ...(parts.matrix === undefined ? {} : { matrix: parts.matrix }),
    bundles: parts.bundles,
    prompt: parts.prompt ?? null,
    resultVersion: parts.resultVersion,
  });
  return createHash('sha256').update(canonical).digest('hex') as JobKey;
}
