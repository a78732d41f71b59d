import { calendarDay, type DataSet, text } from '@maskwright/dicom';
import type { Lane } from '@maskwright/queue';

/** Study dates are of the hospital's clock and midnight: two whole days apart from now no clock calls a study new. */
const NEW_DAYS = 3;

/**
 * The lane of a study's jobs. One of long ago that nobody has named is backlog, however urgent it was: a first sweep finds
 * the whole archive, and new models make all of it again. Else Requested Procedure Priority (0040,1003), PS3.3 C.4.11,
 * decides: STAT and HIGH go before the rest.
 * @param image metadata of one of its images
 */
export function laneOf(image: DataSet, { isNamed, now }: { readonly isNamed: boolean; readonly now: Date }): Lane {
  if (!isNamed && isLongAgo(text(image, 'StudyDate'), now)) return 'backlog';
  const priority = text(image, 'RequestedProcedurePriority');
  return priority === 'STAT' || priority === 'HIGH' ? 'stat' : 'routine';
}

function isLongAgo(studyDate: string | undefined, now: Date): boolean {
  const date = calendarDay(studyDate);
  return date !== undefined && Date.UTC(date.year, date.month - 1, date.day + NEW_DAYS) <= now.getTime();
}
