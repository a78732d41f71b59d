/** DICOM data sets, Part 10 files and UIDs: headers only; pixels are in @maskwright/image. */
export { calendarDay } from './calendar-day.ts';
export { copyElements } from './copy-elements.ts';
export {
  type CodedConcept,
  codes,
  type DataSet,
  type Element,
  has,
  items,
  number,
  numbers,
  required,
  text,
  texts,
} from './dataset.ts';
export { keywordOf, tagOf } from './dictionary.ts';
export type { LargeElements, PixelWriter } from './large-elements.ts';
export { hasMatrix, type Matrix, matricesOf, matrixInWords, matrixOf } from './matrix.ts';
export { type FileHead, readFileHead } from './open-file.ts';
export { OWN_CAPTURE_DEVICE } from './own-device.ts';
export {
  datasetOf,
  type Instance,
  type KeywordValue,
  type KeywordValues,
  writePart10,
} from './part10.ts';
export { patientAge } from './patient-age.ts';
export { type DicomObject, parseObject, parsePart10 } from './read-part10.ts';
export { readStored } from './read-stored.ts';
export { isSlice } from './slices.ts';
export { type Run, type StoredFile, StoredPixels } from './stored-pixels.ts';
export {
  type AnyUID,
  type FrameOfReferenceUID,
  LONGEST_UID,
  parseUid,
  type SeriesInstanceUID,
  type SOPInstanceUID,
  type StudyInstanceUID,
  UID_FORM,
  uidFromDigest,
} from './uid.ts';
export { oddValues } from './value-oddities.ts';
