import { CT_STRUCTURES, ctOf } from './ct.ts';
import { endoscopyOf } from './endoscopy.ts';
import type { Picture } from './picture.ts';
import { RADIOGRAPH_STRUCTURES, radiographOf } from './radiograph.ts';

/** An image as a model sees it, with its masks: the layout of ../shared/data/images. */
export interface LabelledPicture {
  readonly id: string;
  readonly picture: Picture;
  /** By structure. A set with one structure only has the key ''. */
  readonly masks: Readonly<Record<string, Uint8Array>>;
}
export type PhantomKind = 'cxr' | 'ct' | 'endoscopy';

/** The pictures of one seed: one radiograph or endoscopy, ten slices of a CT. */
export function picturesOf(kind: PhantomKind, seed: number): readonly LabelledPicture[] {
  if (kind === 'cxr') return [radiographPicture(seed)];
  return kind === 'ct' ? ctPictures(seed) : [endoscopyPicture(seed)];
}

/** Every third from the front. */
export function viewOf(seed: number): 'PA' | 'AP' {
  return seed % 3 === 2 ? 'AP' : 'PA';
}

function radiographPicture(seed: number): LabelledPicture {
  const view = viewOf(seed);
  const { rows, columns, pixels, masks } = radiographOf({ seed, view });
  return {
    id: `phantom-cxr-${seed}-${view.toLowerCase()}`,
    picture: { width: columns, height: rows, samples: 1, values: Uint8Array.from(pixels, (pixel) => pixel >> 4) },
    masks: Object.fromEntries(RADIOGRAPH_STRUCTURES.map((name) => [name, masks[name]])),
  };
}

function ctPictures(seed: number): LabelledPicture[] {
  const size = [128, 192, 256][seed % 3] ?? 128;
  const slices = 10;
  const { pixels, masks } = ctOf({ seed, size, slices, sliceSpacing: 24 });
  return Array.from({ length: slices }, (_, slice) => {
    const [from, to] = [slice * size * size, (slice + 1) * size * size];
    return {
      id: `phantom-ct-${seed}-${String(slice + 1).padStart(2, '0')}`,
      picture: { width: size, height: size, samples: 1, values: Uint8Array.from(pixels.subarray(from, to), windowed) },
      masks: Object.fromEntries(CT_STRUCTURES.map((name) => [name, masks[name].subarray(from, to)])),
    };
  });
}

/** Centre 0, width 2000 HU, as in the headers: lungs and bones are both seen. */
function windowed(hu: number): number {
  return Math.max(0, Math.min(255, Math.round(((hu + 1000) / 2000) * 255)));
}

function endoscopyPicture(seed: number): LabelledPicture {
  const { rows, columns, pixels, masks } = endoscopyOf({ seed, size: 352 });
  return {
    id: `phantom-endoscopy-${seed}`,
    picture: { width: columns, height: rows, samples: 3, values: pixels },
    masks: { '': masks.polyp },
  };
}
