/** A unit of UCUM, the only scheme that DICOM measurements use (PS3.16 section 7.2.2). */
export interface Unit {
  readonly code: string;
  readonly meaning: string;
}

export const MILLIMETRE: Unit = { code: 'mm', meaning: 'millimeter' };
export const SQUARE_MILLIMETRE: Unit = { code: 'mm2', meaning: 'square millimeter' };
export const MILLILITRE: Unit = { code: 'ml', meaning: 'milliliter' };
/** Annotations in braces are units of one: no length is claimed. */
export const PIXELS: Unit = { code: '{pixels}', meaning: 'pixels' };
export const RATIO: Unit = { code: '{ratio}', meaning: 'ratio' };
export const HOUNSFIELD: Unit = { code: "[hnsf'U]", meaning: 'Hounsfield unit' };
export const BECQUEREL: Unit = { code: 'Bq/ml', meaning: 'Becquerels per milliliter' };
export const NO_UNITS: Unit = { code: '1', meaning: 'no units' };
