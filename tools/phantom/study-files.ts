import { mkdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { encodeNpy } from './npy.ts';
import { encodeMask } from './picture.ts';
import type { PhantomStudy } from './study.ts';

/**
 * `<folder>/<study>/*.dcm` and the masks, `<folder>/masks/<study>.<structure>.png`: 0 or 255, a volume's slices under
 * each other in the order of their positions. With `npy` also `masks/<study>.npy`, bool (structures, slices, rows,
 * columns), structures in the order of `study.masks`.
 */
export async function writeStudy(
  study: PhantomStudy,
  folder: string,
  options: { readonly npy: boolean },
): Promise<void> {
  const masks = path.join(folder, 'masks');
  await mkdir(path.join(folder, study.name), { recursive: true });
  await mkdir(masks, { recursive: true });
  for (const { name, bytes } of study.files) await writeFile(path.join(folder, study.name, name), bytes);
  const { slices, rows, columns } = study.shape;
  for (const [structure, mask] of Object.entries(study.masks)) {
    await writeFile(path.join(masks, `${study.name}.${structure}.png`), encodeMask(mask, columns));
  }
  if (!options.npy) return;
  await writeFile(
    path.join(masks, `${study.name}.npy`),
    encodeNpy(Object.values(study.masks), [slices, rows, columns]),
  );
}
