/** Pixels: decoding, geometry, rendering for model and screen, masks. */
export type { Mask } from './mask.ts';
export type { Frame, PlaneGeometry, RgbImage, SourceFrame, SourceImage } from './source.ts';
