import type { CodedConcept } from '@maskwright/dicom';
import type { FirstOf, Selection } from './selection.ts';
import type { Template } from './template.ts';

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
  /** Absent: the task applies beside every other. */
  readonly firstOf?: FirstOf;
  readonly targets: readonly Target[];
  /** Candidates, best first. */
  readonly models: { readonly vlsm: string; readonly conventional: string };
  /** Prompt type that is aimed at; fewer attributes reach a lower one. */
  readonly promptType: string;
  /** The task's own wordings; said instead of the family's `promptType`. */
  readonly prompts?: readonly Template[];
  /** Wordings of these types are asked too and the answers averaged. */
  readonly ensemble?: readonly string[];
  /** Least predicted Dice (0–1) with which masks are stored; default: that of the model's calibration. */
  readonly floor?: number;
  /** Type of a second prompt, with what the first mask has shown (number, size, place); single images only. */
  readonly secondPass?: string;
  /** Grey-level window in which the models were trained, in the units of the modality LUT (CT: HU); default: the image's own. */
  readonly window?: { readonly center: number; readonly width: number };
  /** SHA-256 over the task's file and its family's templates: changed words or rules make new job keys. */
  readonly digest: string;
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
  /** Own wordings of this target, before the task's. */
  readonly prompts?: readonly Template[];
  /** sRGB, 0–255. */
  readonly color: readonly [number, number, number];
}
