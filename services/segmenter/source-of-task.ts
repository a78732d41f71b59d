import { type Catalogue, imagesOfTask, type Task } from '@maskwright/catalogue';
import type { Instance } from '@maskwright/dicom';
import { assembleSource, type SourceImage } from '@maskwright/image';

/**
 * The images of a series that a task gets; its warnings tell of the others.
 * @throws MaskwrightError as `assembleSource` does
 */
export function sourceOfTask(
  catalogue: Pick<Catalogue, 'tasks'>,
  task: Task,
  instances: readonly Instance[],
): SourceImage {
  const { images, warnings } = imagesOfTask(catalogue, task, instances);
  const source = assembleSource(images);
  return { ...source, warnings: [...warnings, ...source.warnings] };
}
