import { type KeywordValues, number, text } from '@maskwright/dicom';
import type { SegInput, SeriesNumberRule } from './seg-input.ts';
import { fit, moment } from './text-values.ts';

/** Far from the numbers that modalities give. */
const OWN_NUMBERS: SeriesNumberRule = { rule: 'base', base: 9000 };
/** IS: a 32-bit integer (PS3.5 section 6.2). */
const HIGHEST = 2 ** 31 - 1;

/** Study, series and time of the object. */
export function seriesIdentity(input: SegInput): KeywordValues {
  const { source, uids, at, style = {}, version } = input;
  const { date, time } = moment(at, text(source.dataset, 'TimezoneOffsetFromUTC'));
  const [first] = source.frames;
  const sourceNumber = Math.abs(Math.trunc(number(source.dataset, 'SeriesNumber') ?? 0));
  return {
    ...(first ? { StudyInstanceUID: first.instance.studyInstanceUID } : {}),
    SeriesInstanceUID: uids.seriesInstanceUID,
    Modality: 'SEG',
    SeriesNumber: Math.min(HIGHEST, numberBy(style.seriesNumber ?? OWN_NUMBERS, sourceNumber)),
    SeriesDescription: fit(seriesTitle(input), 'LO'),
    InstanceNumber: version?.number ?? 1,
    SeriesDate: version?.series.date ?? date,
    SeriesTime: version?.series.time ?? time,
    ContentDate: date,
    ContentTime: time,
    InstanceCreationDate: date,
    InstanceCreationTime: time,
  };
}

function numberBy(rule: SeriesNumberRule, sourceNumber: number): number {
  switch (rule.rule) {
    case 'fixed':
      return rule.number;
    case 'base':
      return rule.base + (sourceNumber % 1000);
    case 'times':
      return sourceNumber * rule.factor + rule.add;
  }
}

/** Series description as the site wants it. */
export function seriesTitle({
  source,
  algorithm,
  task,
  seriesDescription,
  style,
}: Pick<SegInput, 'source' | 'algorithm' | 'task' | 'seriesDescription' | 'style'>): string {
  const words: Readonly<Record<string, string>> = {
    title: seriesDescription,
    task: task ?? seriesDescription,
    model: algorithm.name,
    version: algorithm.version,
    source: text(source.dataset, 'SeriesDescription') ?? '',
  };
  const template = style?.seriesDescription ?? '{title}';
  return template.replace(/\{(\w+)\}/g, (whole, name: string) => words[name] ?? whole).trim();
}
