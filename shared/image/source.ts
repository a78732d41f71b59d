import type { DataSet, Instance } from '@maskwright/dicom';

/**
 * Raw stored values of one frame, in C order (rows, columns, samples), before any LUT.
 * `data` is as wide as BitsAllocated and signed by PixelRepresentation.
 */
export interface Frame {
  readonly rows: number;
  readonly columns: number;
  /** 1, or 3 interleaved. */
  readonly samples: 1 | 3;
  /** Where the codec undid a colour transform that the data set still speaks of. */
  readonly photometric?: 'RGB';
  readonly data:
    | Uint8Array
    | Int8Array
    | Uint16Array
    | Int16Array
    | Uint32Array
    | Int32Array
    | Float32Array
    | Float64Array;
}

/** Plane of a frame in the patient's LPS coordinates, millimetres (PS3.3 C.7.6.2). */
export interface PlaneGeometry {
  /** Direction cosines: along a row (first three), along a column (last three). */
  readonly imageOrientationPatient: readonly [number, number, number, number, number, number];
  readonly imagePositionPatient: readonly [number, number, number];
  /** Between rows, between columns. */
  readonly pixelSpacing: readonly [number, number];
  readonly sliceThickness?: number;
}

/** One frame of the source series, in the order of the stack. */
export interface SourceFrame {
  readonly instance: Instance;
  /** 1-based; 1 in single-frame objects. */
  readonly frameNumber: number;
  readonly geometry?: PlaneGeometry;
}

/**
 * The frames of one series that are segmented together: a volume (sorted by position along the normal), a multi-frame
 * object (in its own order), or single images (by InstanceNumber). All have the same rows and columns.
 */
export interface SourceImage {
  readonly rows: number;
  readonly columns: number;
  readonly frames: readonly SourceFrame[];
  /** Whether frames share a frame of reference with parallel planes. */
  readonly volume: boolean;
  /** Data set of the first instance: patient, study, series and equipment attributes. */
  readonly dataset: DataSet;
  readonly multiframe: boolean;
  /** What was odd but does not spoil the result (gaps, duplicates left out, tilt …). */
  readonly warnings: readonly string[];
}

/** What model and screen see: 8-bit RGB after modality LUT, VOI LUT or window, and inversion of MONOCHROME1. */
export interface RgbImage {
  readonly width: number;
  readonly height: number;
  /** width × height × 3, row by row. */
  readonly data: Uint8Array;
}
