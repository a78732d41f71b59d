import { type DataSet, items, number, text } from '@maskwright/dicom';
import { type Plane, planeOf } from './plane.ts';

/** More frames than this no object has; the number is only believed as far as there is pixel data anyway. */
const MOST_FRAMES = 100_000;

/** Plane of each frame of a multi-frame object (PS3.3 C.7.6.16): per frame, else shared, else none. */
export function multiframePlanes(dataset: DataSet): (Plane | undefined)[] {
  const said = number(dataset, 'NumberOfFrames') ?? 1;
  const frames = Math.min(MOST_FRAMES, Math.max(1, Math.floor(said)));
  const [shared = {}] = items(dataset, 'SharedFunctionalGroupsSequence');
  const perFrame = items(dataset, 'PerFrameFunctionalGroupsSequence');
  const common = planeMacros(shared);
  return Array.from({ length: frames }, (_, index) => planeOf([...planeMacros(perFrame[index] ?? {}), ...common]));
}

function planeMacros(group: DataSet): DataSet[] {
  return ['PlanePositionSequence', 'PlaneOrientationSequence', 'PixelMeasuresSequence'].flatMap((keyword) =>
    items(group, keyword),
  );
}

/** StackID of each frame that has one (PS3.3 C.7.6.16.2.2.4), by its place from 0. */
export function stackIDs(dataset: DataSet): (string | undefined)[] {
  return items(dataset, 'PerFrameFunctionalGroupsSequence').map((group) =>
    text(items(group, 'FrameContentSequence')[0] ?? {}, 'StackID'),
  );
}

/** Every item of a functional group macro: the shared one, and those of the frames. */
export function macroItems(dataset: DataSet, keyword: string): DataSet[] {
  return ['SharedFunctionalGroupsSequence', 'PerFrameFunctionalGroupsSequence'].flatMap((groups) =>
    items(dataset, groups).flatMap((group) => items(group, keyword)),
  );
}

/** The item of a functional group macro that holds for the object: shared, else that of the first frame. */
export function macroItem(dataset: DataSet, keyword: string): DataSet | undefined {
  const [shared = {}] = items(dataset, 'SharedFunctionalGroupsSequence');
  const [first = {}] = items(dataset, 'PerFrameFunctionalGroupsSequence');
  return items(shared, keyword)[0] ?? items(first, keyword)[0];
}
