import { texts } from '@maskwright/dicom';
import { patientOrientation, type SourceFrame } from '@maskwright/image';

/** Patient directions at the edges of the picture, as letters of PatientOrientation (PS3.3 C.7.6.1.1.1). */
export interface Edges {
  readonly left: string;
  readonly right: string;
  readonly top: string;
  readonly bottom: string;
}

const OPPOSITE: Readonly<Record<string, string>> = { L: 'R', R: 'L', A: 'P', P: 'A', H: 'F', F: 'H' };

/** Which way the patient lies in each frame: one for all where they are alike; null where the image does not say. */
export function edgesOf(frames: readonly SourceFrame[]): (Edges | null)[] {
  const edges = frames.map(edgesOfFrame);
  const first = JSON.stringify(edges[0]);
  return edges.every((one) => JSON.stringify(one) === first) ? edges.slice(0, 1) : edges;
}

function edgesOfFrame({ geometry, instance: { dataset } }: SourceFrame): Edges | null {
  const directions = geometry ? patientOrientation(geometry) : texts(dataset, 'PatientOrientation');
  const [row, column] = directions.map((value) => /^[LRAPHF]/.exec(value)?.[0]);
  const [left, top] = [OPPOSITE[row ?? ''], OPPOSITE[column ?? '']];
  return row && column && left && top ? { left, right: row, top, bottom: column } : null;
}
