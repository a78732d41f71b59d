/** Masks become DICOM objects. */
export type { SegInput, SegmentInput, SegUids } from './seg-input.ts';
