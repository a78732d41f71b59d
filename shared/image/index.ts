/** Pixels: decoding, geometry, rendering for model and screen, masks. */
export { assembleSource, mayBeImage } from './assemble.ts';
export { decodeAll, decodeFrame, decodeInstance, probeFrames } from './decode.ts';
export { type DisplayTransform, displayTransformOf, type StatedTable, type StatedWindow } from './display-transform.ts';
export { macroItem } from './functional-groups.ts';
export { judgeImage } from './judge.ts';
export { upsampleLogits } from './logits.ts';
export { framePixels, type Mask, PackedMask } from './mask.ts';
export { modalityValuesOf, withGroupOf } from './modality-values.ts';
export { patientOrientation } from './patient-orientation.ts';
export { describePixels, MOST_PIXELS, type PixelDescription, type PixelSource } from './pixel-description.ts';
export { geometryOf, normalOf, placesAlongNormal, planeOf } from './plane.ts';
export { type RenderOptions, renderRgb, type Window } from './render.ts';
export { renderFrame } from './render-frame.ts';
export { resizeRgb } from './resize.ts';
export { LIGHT_VALUES, type Light, RETOUCHES, type Retouch, retouched } from './retouch.ts';
export { type Extent, extentOf, largestPiece, pixelCount, type Run, runsOf } from './runs.ts';
export type { Frame, PlaneGeometry, RgbImage, SourceFrame, SourceImage } from './source.ts';
export { frameKey, framesOfReference } from './source-frames.ts';
