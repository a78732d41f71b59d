import { isPlain, projectionOf, type Target, type Task } from '@maskwright/catalogue';
import { type DataSet, text } from '@maskwright/dicom';
import type { Attribute, AttributeName } from './attributes.ts';
import { cycleOf, heartViewOf } from './heart.ts';
import { ageOf, sexOf } from './person.ts';
import { anatomyOf, lateralityOf } from './place.ts';
import { found, type Reading } from './reading.ts';

/** Free texts that are looked at for words of a fixed list. */
const LOOKED_AT = ['SeriesDescription', 'ProtocolName', 'StudyDescription', 'ViewPosition'];

/**
 * What an image's metadata says for sure about a target in it. Each value comes from a table of ours or was counted;
 * no text of a header is ever passed on. What an attribute holds instead of a code is named in `warnings`, not quoted.
 */
export function extractAttributes(
  dataset: DataSet,
  task: Task,
  target: Target,
): { readonly attributes: Attribute[]; readonly warnings: string[] } {
  const readings: readonly (readonly [AttributeName, Reading])[] = [
    ['view', viewOf(dataset, task)],
    ['cycle', task.family.startsWith('cardiac') ? cycleOf(dataset) : undefined],
    ['sex', sexOf(dataset)],
    ['age', ageOf(dataset)],
    ['anatomy', anatomyOf(dataset)],
    ['laterality', lateralityOf(dataset)],
  ];
  const attributes: Attribute[] = [
    { name: 'class', value: target.name, source: 'catalogue', origin: `catalogue/tasks/${task.id}.yaml` },
  ];
  const warnings: string[] = [];
  for (const [name, reading] of readings) {
    if (!reading) continue;
    if ('refused' in reading)
      warnings.push(`${reading.refused} does not hold a value that can be used; ${name} was left out`);
    else attributes.push({ name, value: reading.value, source: 'metadata', origin: reading.origin });
  }
  for (const keyword of LOOKED_AT) {
    const value = text(dataset, keyword);
    if (value !== undefined && !isPlain(value)) {
      warnings.push(`${keyword} is too long or holds control characters or markup; it was not read`);
    }
  }
  return { attributes, warnings };
}

function viewOf(dataset: DataSet, task: Task): Reading {
  if (task.family.startsWith('cardiac')) return heartViewOf(dataset);
  if (task.family !== 'chest-xray') return undefined;
  const projection = projectionOf(dataset);
  return projection && found(projection.view, projection.origin);
}
