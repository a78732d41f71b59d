import type { Catalogue } from '@maskwright/catalogue';
import type { Archive } from '@maskwright/dicomweb';
import { type BundleDigest, type Job, jobFor, type Queue, queuedEvent } from '@maskwright/queue';
import { z } from 'zod';
import type { Result } from './worklist.ts';

/** Words of a person: no control characters, no marks that turn the direction of text. */
export const repromptSchema = z.strictObject({
  text: z
    .string()
    .trim()
    .min(1)
    .max(300)
    .regex(/^[^\p{Cc}\p{Cf}]*$/u, 'no control characters'),
});

export interface RepromptDeps {
  readonly archive: Archive;
  readonly queue: Queue;
  readonly catalogue: Catalogue;
  readonly bundleDigest: BundleDigest;
  readonly now: () => Date;
}

/** Queues a job on the same images with other words, before all routine work. The same words give the same job. */
export async function reprompt(
  deps: RepromptDeps,
  result: Result,
  text: string,
  traceparent: string | undefined,
): Promise<Job> {
  const { study, series } = result;
  const instances = await deps.archive.searchInstances(study, series);
  const job = jobFor(
    {
      study,
      series,
      sources: instances.map(({ sopInstanceUID }) => sopInstanceUID),
      task: deps.catalogue.task(result.task),
      lane: 'interactive',
      prompt: text,
      traceparent,
    },
    deps.bundleDigest,
  );
  const known = (await deps.queue.events.latest()).get(job.key);
  if (known && known.state.kind !== 'failed') return job;
  await deps.queue.jobs.enqueue([job]);
  await deps.queue.events.append(queuedEvent(job, deps.now()));
  return job;
}
