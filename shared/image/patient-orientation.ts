import type { PlaneGeometry } from './source.ts';

/** Away from the origin and towards it, along the patient's three axes (PS3.3 C.7.6.1.1.1). */
const LETTERS = [
  ['L', 'R'],
  ['P', 'A'],
  ['H', 'F'],
] as const;
/** Less of an axis than this (some six degrees) is not told. */
const LEAST = 0.1;

/** PatientOrientation of a plane: where its rows lead to, and where its columns, the main direction first. */
export function patientOrientation({ imageOrientationPatient: [a, b, c, d, e, f] }: PlaneGeometry): [string, string] {
  return [lettersOf([a, b, c]), lettersOf([d, e, f])];
}

function lettersOf(direction: readonly number[]): string {
  return direction
    .map((share, axis) => ({ size: Math.abs(share), letter: LETTERS[axis]?.[share > 0 ? 0 : 1] ?? '' }))
    .filter(({ size }) => size > LEAST)
    .sort((one, other) => other.size - one.size)
    .map(({ letter }) => letter)
    .join('');
}
