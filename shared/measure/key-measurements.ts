import type { FrameMeasurements, MaskMeasurements, Quantity } from './measurements.ts';
import { SQUARE_MILLIMETRE } from './units.ts';

/** The frame with the largest area, of those in millimetres if there are any; undefined where nothing was found. */
export function largestFrame({ frames }: MaskMeasurements): FrameMeasurements | undefined {
  return most(frames, ({ area }) => area.value);
}
/** The frame in which the long axis is longest, of those in millimetres if there are any: both axes are told of it. */
export function longestFrame({ frames }: MaskMeasurements): FrameMeasurements | undefined {
  return most(frames, ({ longAxis }) => longAxis?.value ?? 0);
}

function most(
  frames: readonly FrameMeasurements[],
  of: (frame: FrameMeasurements) => number,
): FrameMeasurements | undefined {
  // Pixels and millimetres are not to be compared: a loop may be calibrated in part.
  const calibrated = frames.filter(({ area }) => area.unit === SQUARE_MILLIMETRE);
  return (calibrated.length > 0 ? calibrated : frames).reduce<FrameMeasurements | undefined>(
    (best, frame) => (best && of(best) >= of(frame) ? best : frame),
    undefined,
  );
}

/** What a person asks first: how much, how large, how long and wide. Empty where nothing was found. */
export function keyMeasurements(measured: MaskMeasurements): { readonly name: string; readonly quantity: Quantity }[] {
  const longest = longestFrame(measured);
  const all = [
    ['volume', measured.volume],
    ['area', largestFrame(measured)?.area],
    ['long axis', longest?.longAxis],
    ['short axis', longest?.shortAxis],
  ] as const;
  return all.flatMap(([name, quantity]) => (quantity ? [{ name, quantity }] : []));
}
