/** Masks become DICOM objects. */
export { checkSeg, type Fault } from './check-seg.ts';
export { type DecodedFrame, type DecodedSeg, type DecodedSegment, decodeSeg } from './decode-seg.ts';
export { encodeSeg } from './encode-seg.ts';
export { COMPREHENSIVE_SR_STORAGE, encodeSr } from './encode-sr.ts';
export { SECONDARY_CAPTURE_STORAGE } from './key-image/encode-key-image.ts';
export { writeKeyImage } from './key-image/write-key-image.ts';
export { keyImageUids, type PictureInput, type PictureUids, presentationUids } from './picture-input.ts';
export { COLOR_PRESENTATION_STORAGE, GRAYSCALE_PRESENTATION_STORAGE } from './presentation/encode-presentation.ts';
export { writePresentation } from './presentation/write-presentation.ts';
export { type ResultKind, resultObject } from './result-object.ts';
export { type ResultVersion, resultLineage } from './result-version.ts';
export type {
  SegForm,
  SegGeometry,
  SegInput,
  SegmentInput,
  SegStyle,
  SegUids,
  SeriesNumberRule,
} from './seg-input.ts';
export { LABEL_MAP_STORAGE, SEGMENTATION_STORAGE } from './seg-pixels.ts';
export { segUids } from './seg-uids.ts';
export { type SrInput, type SrUids, srUids } from './sr-input.ts';
export { viewerLimits } from './viewer-limits.ts';
export { writeSeg } from './write-seg.ts';
export { checkSr, writeSr } from './write-sr.ts';
