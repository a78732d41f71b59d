import { type Catalogue, imagesOfTask, type Task } from '@maskwright/catalogue';
import { hasMatrix, type Instance, type Matrix } from '@maskwright/dicom';
import { assembleSource, type SourceImage } from '@maskwright/image';

/**
 * The images of a series that a task gets, of one size where a job is of that; its warnings tell of those that are not its.
 * @throws MaskwrightError as `assembleSource` does
 */
export function sourceOfTask(
  catalogue: Pick<Catalogue, 'tasks'>,
  task: Task,
  instances: readonly Instance[],
  matrix?: Matrix,
): SourceImage {
  const { images, warnings } = imagesOfTask(catalogue, task, instances);
  const source = assembleSource(images.filter(({ dataset }) => hasMatrix(dataset, matrix)));
  return { ...source, warnings: [...warnings, ...source.warnings] };
}
