/** A phantom as DICOM objects, with what a perfect segmentation of it is. */
export interface PhantomStudy {
  /** File-name safe, as "chest-pa-cr-01". */
  readonly name: string;
  /** Part 10 files, in the order of the masks' slices. */
  readonly files: readonly { readonly name: string; readonly bytes: Uint8Array }[];
  readonly shape: { readonly slices: number; readonly rows: number; readonly columns: number };
  /** By structure: 1 inside, in the order (slice, row, column). */
  readonly masks: Readonly<Record<string, Uint8Array>>;
}

export function numbered(seed: number): string {
  return String(seed).padStart(2, '0');
}
