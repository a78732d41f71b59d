/** Phantoms: analytical torsos and endoscopies, imaged with exact masks. The oracle of the geometry tests, the demo's images. */
export {
  CT_STRUCTURES,
  type CtOptions,
  type CtStructure,
  ctOf,
  type SampledVolume,
  sampleVolume,
  type VolumeGeometry,
} from './ct.ts';
export { type CtStudyOptions, ctStudy } from './ct-study.ts';
export { endoscopyOf } from './endoscopy.ts';
export { type EndoscopyStudyOptions, endoscopyStudy } from './endoscopy-study.ts';
export { FIXTURES } from './fixtures.ts';
export { type Habitus, habitusOf } from './habitus.ts';
export { encodeNpy } from './npy.ts';
export { RADIOGRAPH_STRUCTURES, type RadiographStructure, radiographOf } from './radiograph.ts';
export { type RadiographStudyOptions, radiographStudy } from './radiograph-study.ts';
export type { Solid, Structure } from './scene.ts';
export type { PhantomStudy } from './study.ts';
export { writeStudy } from './study-files.ts';
export { torsoOf } from './torso.ts';
