/** Masks become DICOM objects. */
export { type DecodedFrame, type DecodedSeg, type DecodedSegment, decodeSeg } from './decode-seg.ts';
export { encodeSeg, SEGMENTATION_STORAGE } from './encode-seg.ts';
export type { SegInput, SegmentInput, SegUids } from './seg-input.ts';
export { segUids } from './seg-uids.ts';
