import { texts } from '@maskwright/dicom';
import type { SourceImage } from '@maskwright/image';

/** Patient directions at the edges of the picture, as letters of PatientOrientation (PS3.3 C.7.6.1.1.1). */
export interface Edges {
  readonly left: string;
  readonly right: string;
  readonly top: string;
  readonly bottom: string;
}

const OPPOSITE: Readonly<Record<string, string>> = { L: 'R', R: 'L', A: 'P', P: 'A', H: 'F', F: 'H' };
/** In LPS coordinates: the letter of the positive and of the negative direction of each axis. */
const AXES = [
  ['L', 'R'],
  ['P', 'A'],
  ['H', 'F'],
] as const;

/** Which way the patient lies in the picture; null where the image does not say. */
export function edgesOf({ frames, dataset }: SourceImage): Edges | null {
  const cosines = frames[0]?.geometry?.imageOrientationPatient;
  const [row, column] = cosines
    ? [letterOf(cosines.slice(0, 3)), letterOf(cosines.slice(3))]
    : texts(dataset, 'PatientOrientation').map((value) => /^[LRAPHF]/.exec(value)?.[0]);
  const [left, top] = [OPPOSITE[row ?? ''], OPPOSITE[column ?? '']];
  return row && column && left && top ? { left, right: row, top, bottom: column } : null;
}

/** The main direction of a vector. */
function letterOf(cosines: readonly number[]): string {
  const sizes = cosines.map(Math.abs);
  const axis = sizes.indexOf(Math.max(...sizes));
  return AXES[axis]?.[(cosines[axis] ?? 0) > 0 ? 0 : 1] ?? '';
}
