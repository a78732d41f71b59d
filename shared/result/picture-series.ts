import { type KeywordValues, number, text } from '@maskwright/dicom';
import { markedTitle } from './marked-title.ts';
import type { PictureInput } from './picture-input.ts';
import { seriesTitle } from './series-identity.ts';
import { moment } from './text-values.ts';

/** Below the SEG's 9000 and the report's 8000, each with the last three digits of the source's number. */
export type PictureKind =
  | { readonly modality: 'OT'; readonly name: 'key image'; readonly numbers: 7000 }
  | { readonly modality: 'PR'; readonly name: 'outlines'; readonly numbers: 6000 };

/** Study, series and time of an object that shows a result. */
export function pictureSeries(input: PictureInput, { modality, name, numbers }: PictureKind): KeywordValues {
  const { source, uids, at, version } = input;
  const { date, time } = moment(at, text(source.dataset, 'TimezoneOffsetFromUTC'));
  const [first] = source.frames;
  const sourceNumber = Math.abs(Math.trunc(number(source.dataset, 'SeriesNumber') ?? 0));
  return {
    ...(first ? { StudyInstanceUID: first.instance.studyInstanceUID } : {}),
    SeriesInstanceUID: uids.seriesInstanceUID,
    Modality: modality,
    SeriesNumber: numbers + (sourceNumber % 1000),
    SeriesDescription: markedTitle(seriesTitle(input), name),
    InstanceNumber: version?.number ?? 1,
    SeriesDate: version?.series.date ?? date,
    SeriesTime: version?.series.time ?? time,
    InstanceCreationDate: date,
    InstanceCreationTime: time,
  };
}
