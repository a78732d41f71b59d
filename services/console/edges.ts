import { texts } from '@maskwright/dicom';
import { patientOrientation, type SourceImage } from '@maskwright/image';

/** Patient directions at the edges of the picture, as letters of PatientOrientation (PS3.3 C.7.6.1.1.1). */
export interface Edges {
  readonly left: string;
  readonly right: string;
  readonly top: string;
  readonly bottom: string;
}

const OPPOSITE: Readonly<Record<string, string>> = { L: 'R', R: 'L', A: 'P', P: 'A', H: 'F', F: 'H' };

/** Which way the patient lies in the picture; null where the image does not say. */
export function edgesOf({ frames, dataset }: SourceImage): Edges | null {
  const geometry = frames[0]?.geometry;
  const directions = geometry ? patientOrientation(geometry) : texts(dataset, 'PatientOrientation');
  const [row, column] = directions.map((value) => /^[LRAPHF]/.exec(value)?.[0]);
  const [left, top] = [OPPOSITE[row ?? ''], OPPOSITE[column ?? '']];
  return row && column && left && top ? { left, right: row, top, bottom: column } : null;
}
