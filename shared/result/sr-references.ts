import { type DataSet, type Instance, items, type KeywordValues, number, text } from '@maskwright/dicom';
import { frameKey, type SourceFrame } from '@maskwright/image';

/** Finds the SEG's frame (1-based) that shows a segment on a frame of the source; undefined where there is none. */
export function segFrameFinder(seg: Instance): (segmentNumber: number, frame: SourceFrame) => number | undefined {
  const [shared = {}] = items(seg.dataset, 'SharedFunctionalGroupsSequence');
  const numbers = new Map(
    items(seg.dataset, 'PerFrameFunctionalGroupsSequence').map((own, index) => [
      placeOf({ ...shared, ...own }),
      index + 1,
    ]),
  );
  return (segmentNumber, { instance, frameNumber }) => {
    const place = frameKey(instance.sopInstanceUID, frameNumber);
    return numbers.get(`${place}/${segmentNumber}`) ?? numbers.get(`${place}/${ALL}`);
  };
}
/** A label map's frames show all segments and name none. */
const ALL = 'all';
function placeOf(group: DataSet): string {
  const [identification = {}] = items(group, 'SegmentIdentificationSequence');
  const [derivation = {}] = items(group, 'DerivationImageSequence');
  const [image = {}] = items(derivation, 'SourceImageSequence');
  const frameNumber = number(image, 'ReferencedFrameNumber') ?? 1;
  const segment = number(identification, 'ReferencedSegmentNumber') ?? ALL;
  return `${frameKey(text(image, 'ReferencedSOPInstanceUID') ?? '', frameNumber)}/${segment}`;
}

/** Every object that the report speaks of (PS3.3 C.17.2.1), by study and series. */
export function evidence(instances: readonly Instance[]): KeywordValues[] {
  const studies = Map.groupBy(instances, ({ studyInstanceUID }) => studyInstanceUID);
  return [...studies].map(([study, ofStudy]) => ({
    StudyInstanceUID: study,
    ReferencedSeriesSequence: [...Map.groupBy(ofStudy, ({ seriesInstanceUID }) => seriesInstanceUID)].map(
      ([series, ofSeries]) => ({
        SeriesInstanceUID: series,
        ReferencedSOPSequence: ofSeries.map(({ sopClassUID, sopInstanceUID }) => ({
          ReferencedSOPClassUID: sopClassUID,
          ReferencedSOPInstanceUID: sopInstanceUID,
        })),
      }),
    ),
  }));
}
