import { type Family, isPlain, projectionOf, type Target, type Task } from '@maskwright/catalogue';
import { type DataSet, text } from '@maskwright/dicom';
import { type Attribute, attribute, said } from './attributes.ts';
import { findingsOf, malignancyOf } from './diagnosis.ts';
import { cycleOf, heartViewOf } from './heart.ts';
import { modalityOf } from './modality.ts';
import { ageOf, sexOf } from './person.ts';
import { anatomyOf, lateralityOf } from './place.ts';
import { found, type Reading } from './reading.ts';

/** What is known of a series before anybody has looked at it. */
export interface Header {
  /** Data sets of its instances, at least one. What they do not agree on is not said. */
  readonly instances: readonly DataSet[];
  /** SR documents of the same study; only verified ones are believed. */
  readonly reports?: readonly DataSet[];
}
export interface Extracted {
  readonly attributes: readonly Attribute[];
  /** Elements that hold something other than their attribute, by keyword; never their values. */
  readonly warnings: readonly string[];
}

/** Free texts that are looked at for words of a fixed list. */
const LOOKED_AT = ['SeriesDescription', 'ProtocolName', 'StudyDescription', 'ViewPosition'];

/** What a header says for sure about a target, the catalogue's class first. */
export function extractAttributes(header: Header, task: Task, target: Target): Extracted {
  const named = attribute('class', target.name, 'catalogue', `catalogue/tasks/${task.id}.yaml`);
  const { attributes, warnings } = headerAttributes(header, task.family, target.name);
  return { attributes: [named, ...attributes], warnings };
}

/**
 * What a header says for sure. Each value comes from a table of ours or was counted; no text of a header is ever
 * passed on. What an element holds instead of a code is named in `warnings`, not quoted.
 * @param family how the view is to be read; unknown: by the modality
 * @param className is no "other finding"
 */
export function headerAttributes({ instances, reports = [] }: Header, family?: Family, className = ''): Extracted {
  const [first, ...others] = instances;
  if (!first) throw new RangeError('a series has at least one instance');
  const attributes: Attribute[] = [];
  const warnings: string[] = [];
  const readings: readonly Reading[] = [
    viewOf(first, family),
    cycleIn(first, family),
    sexOf(first),
    ageOf(first),
    modalityOf(first),
    anatomyOf(first),
    lateralityOf(first),
    malignancyOf(reports),
    findingsOf(first, reports, className),
  ];
  for (const reading of readings) {
    if (!reading) continue;
    if ('refused' in reading) {
      warnings.push(`${reading.refused} does not hold a value that can be used; ${reading.name} was left out`);
    } else attributes.push(reading);
  }
  const agreed = attributes.filter((one) => {
    const read = BY_INSTANCE[one.name];
    if (!read || others.every((instance) => says(read(instance, family), one))) return true;
    warnings.push(`${one.origin} is not the same in all images of the series; ${one.name} was left out`);
    return false;
  });
  return { attributes: agreed, warnings: [...warnings, ...oddities(first)] };
}

/** What a person should know of the header besides. */
function oddities(dataset: DataSet): string[] {
  const unread = LOOKED_AT.filter((keyword) => {
    const value = text(dataset, keyword);
    return value !== undefined && !isPlain(value);
  });
  const phantom = text(dataset, 'QualityControlImage')?.slice(0, 16).toUpperCase();
  return [
    ...unread.map((keyword) => `${keyword} is too long or holds control characters or markup; it was not read`),
    ...(phantom === 'YES' || phantom === 'BOTH' ? ['QualityControlImage: the image shows a phantom'] : []),
  ];
}

/** What may differ from image to image of one series. */
const BY_INSTANCE: Readonly<Record<string, (dataset: DataSet, family?: Family) => Reading>> = {
  view: viewOf,
  cycle: cycleIn,
  laterality: lateralityOf,
};

function says(reading: Reading, expected: Attribute): boolean {
  return reading !== undefined && 'value' in reading && said(reading) === said(expected);
}

const RADIOGRAPHS = ['CR', 'DX', 'RG'];

function viewOf(dataset: DataSet, family?: Family): Reading<'view'> {
  const modality = text(dataset, 'Modality') ?? '';
  const heart = family ? family.startsWith('cardiac') : modality === 'US';
  if (heart) return heartViewOf(dataset);
  if (family ? family !== 'chest-xray' : !RADIOGRAPHS.includes(modality)) return undefined;
  const projection = projectionOf(dataset);
  return projection && found('view', projection.view, projection.origin);
}

function cycleIn(dataset: DataSet, family?: Family): Reading<'cycle'> {
  return !family || family.startsWith('cardiac') ? cycleOf(dataset) : undefined;
}
