import { hasMatrix, type SOPInstanceUID } from '@maskwright/dicom';
import { type Archive, instanceEntry } from '@maskwright/dicomweb';
import { MaskwrightError } from '@maskwright/errors';
import { handIn, type JobKey, jobFor } from '@maskwright/queue';
import { z } from 'zod';
import type { ConsoleDeps } from './deps.ts';
import type { Worklist, WorklistEntry } from './worklist.ts';

/**
 * Words of a person: no control characters, no line breaks, no marks that turn the direction of text. Of characters that
 * are not seen only the joiners (ZWNJ, ZWJ) are taken: Persian words and emoji are spelt with them.
 */
export const repromptSchema = z.strictObject({
  text: z
    .string()
    .regex(/^(?:[^\p{C}\p{Zl}\p{Zp}]|\u200c|\u200d)*$/u, 'Control characters are not allowed.')
    .trim()
    // Semicolons divide structures; alone they name none.
    .regex(/[^;\s\u200c\u200d]/u, 'Say what to look for.')
    .max(300, 'At most 300 characters.'),
});

/**
 * Queues a job on the same images with other words, before all other work.
 * @returns the key of the job, and whether its result is there or on its way: the same words give the same job. One that
 * failed, ended without a result or was deleted in the PACS since is made again: whoever sends the words asks for it.
 * @throws MaskwrightError SOURCE_GONE, and as archive, catalogue and queue do
 */
export async function reprompt(
  deps: Omit<ConsoleDeps, 'telemetry'> & { readonly worklist: Worklist },
  entry: WorklistEntry,
  words: string,
  traceparent: string | undefined,
): Promise<{ readonly key: JobKey; readonly known: boolean }> {
  const { archive, catalogue, queue, worklist } = deps;
  const { study, series, task, matrix } = entry;
  const sources = await sourcesOf(archive, entry);
  if (sources.length === 0) throw new MaskwrightError('SOURCE_GONE', `series ${series} has no such image`);
  const request = { study, series, sources, task: catalogue.task(task), matrix, prompt: words, traceparent };
  const job = jobFor({ ...request, lane: 'interactive' }, deps.bundleDigest);
  const before = worklist.get(job.key);
  if (before && !isGone(before)) return { key: job.key, known: true };
  await handIn(queue, [job], deps.now);
  return { key: job.key, known: false };
}

/** The images that the job was made of, as they are now. */
async function sourcesOf(archive: Archive, { study, series, matrix }: WorklistEntry): Promise<SOPInstanceUID[]> {
  // What a search answers need not tell how large an image is.
  if (matrix === undefined) return (await archive.searchInstances(study, series)).map((one) => one.sopInstanceUID);
  const images = (await archive.retrieveMetadata(study, series)).filter((dataset) => hasMatrix(dataset, matrix));
  return images.map((dataset) => instanceEntry(dataset).sopInstanceUID);
}

function isGone({ state, deletedAt }: WorklistEntry): boolean {
  return state === 'failed' || state === 'superseded' || deletedAt !== undefined;
}
