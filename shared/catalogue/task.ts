import type { CodedConcept } from '@maskwright/dicom';
import type { View } from './projection.ts';

/** Families of images; each has its own prompt templates (the paper's) and its own statistics in a bundle. */
export const FAMILIES = [
  'polyp',
  'foot-ulcer',
  'skin-lesion',
  'breast-ultrasound',
  'cardiac-ultrasound',
  'chest-xray',
  'cardiac-mri',
  'brain-mri',
  'fetal-ultrasound',
  'fundus',
  'ct-torso',
] as const;
export type Family = (typeof FAMILIES)[number];

/** What to segment, for which series. One YAML file under catalogue/tasks/ each. */
export interface Task {
  readonly id: string;
  readonly title: string;
  readonly family: Family;
  readonly select: Selection;
  readonly targets: readonly Target[];
  /** Candidates, best first. */
  readonly models: { readonly vlsm: string; readonly conventional: string };
  /** Prompt type that is aimed at; fewer attributes reach a lower one. */
  readonly promptType: string;
  /** Grey-level window in which the models were trained, in the units of the modality LUT (CT: HU); default: the image's own. */
  readonly window?: { readonly center: number; readonly width: number };
  /** SHA-256 over the task's file and its family's templates: changed words or rules make new job keys. */
  readonly digest: string;
}

/** A series is selected when each stated rule holds. Text is compared without case. */
export interface Selection {
  readonly modality: readonly string[];
  /** BodyPartExamined, one of these; a series without one passes unless `bodyPartRequired`. */
  readonly bodyPart?: readonly string[];
  readonly bodyPartRequired?: boolean;
  /** Any of these words in SeriesDescription, ProtocolName or StudyDescription; used only where BodyPartExamined is absent. */
  readonly description?: readonly string[];
  /** Coded regions of AnatomicRegionSequence that are as good as a body part, as `SCT:80891009`. */
  readonly anatomicRegion?: readonly string[];
  /** Modalities whose series need no body part and no description. */
  readonly anyBodyPart?: readonly string[];
  /** Words of ImageType (US: value 3, PS3.3 C.8.5.6.1.1) that are as good as a description. */
  readonly imageType?: readonly string[];
  readonly excludeImageType?: readonly string[];
  /** A series whose metadata does not state the SOP class passes. */
  readonly sopClass?: readonly string[];
  /** Words in SeriesDescription or ProtocolName; the study's description speaks of other series too and is not asked. */
  readonly excludeDescription?: readonly string[];
  /** Projections, as `projectionOf` reads them. A series that states none passes. */
  readonly excludeView?: readonly View[];
}

/** One segment of the SEG. */
export interface Target {
  /** Words of the model's class, e.g. `left lung`. */
  readonly name: string;
  readonly label: string;
  readonly category: CodedConcept;
  readonly type: CodedConcept;
  readonly typeModifier?: CodedConcept;
  readonly anatomicRegion?: CodedConcept;
  readonly anatomicRegionModifier?: CodedConcept;
  /** sRGB, 0–255. */
  readonly color: readonly [number, number, number];
}
