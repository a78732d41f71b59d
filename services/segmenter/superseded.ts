import { type Catalogue, sizesOfTask } from '@maskwright/catalogue';
import { matrixOf } from '@maskwright/dicom';
import type { InstanceEntry } from '@maskwright/dicomweb';
import { type BundleDigest, type Job, jobFor } from '@maskwright/queue';

type Images = readonly Pick<InstanceEntry, 'sopInstanceUID' | 'dataset'>[];

/**
 * Where the series as it is now has other jobs: images came late, or went, or the catalogue or the models are others. The
 * result of this one would be called after images that it is not of, and contradict theirs.
 * @param images of the series; of one that comes twice the last counts
 * @returns the jobs that have taken its place; undefined where it is one of them, or where that cannot be told
 */
export function insteadOf(
  { catalogue, bundleDigest }: { readonly catalogue: Catalogue; readonly bundleDigest?: BundleDigest | undefined },
  job: Job,
  images: Images,
): readonly [Job, ...Job[]] | undefined {
  // What an archive lists need not tell how large an image is.
  if (!bundleDigest || (job.matrix && !images.some(({ dataset }) => matrixOf(dataset)))) return undefined;
  const { study, series, lane, prompt, traceparent } = job;
  const task = catalogue.task(job.task);
  const distinct = [...new Map(images.map((image) => [image.sopInstanceUID, image])).values()];
  const [first, ...others] = sizesOfTask(catalogue, task, distinct).map(({ matrix, images: ofSize }) => {
    const sources = ofSize.map(({ sopInstanceUID }) => sopInstanceUID);
    return jobFor({ study, series, sources, task, matrix, lane, prompt, traceparent }, bundleDigest);
  });
  if (!first || [first, ...others].some(({ key }) => key === job.key)) return undefined;
  return [first, ...others];
}
