import type { CodedConcept } from '@maskwright/dicom';

/** Where an attribute's value came from. */
export type AttributeSource = 'metadata' | 'first-pass mask' | 'human' | 'catalogue';

/** The paper's 14 attributes (arXiv:2308.07706, section 3) and their types. */
export interface PaperAttributes {
  /** What is looked for, e.g. `polyp`, `left lung`. */
  readonly class: string;
  /** What the class looks like in general. */
  readonly description: string;
  /** How many parts; 0: none. */
  readonly number: number;
  /** tiny, small, medium, large; several parts of unlike size are joined by a comma. */
  readonly size: string;
  readonly shape: string;
  readonly color: string;
  /** One place a part, e.g. `top left`. */
  readonly location: readonly string[];
  /** `frontal`, `two-chamber`, … */
  readonly view: string;
  readonly cycle: 'diastole' | 'systole';
  readonly sex: 'female' | 'male';
  /** Completed years. */
  readonly age: number;
  readonly quality: 'good' | 'medium' | 'poor';
  readonly malignancy: 'benign' | 'malignant';
  /** Other findings that are present. */
  readonly findings: readonly string[];
}
/** What else metadata says for sure: shown to a person and used by a task's own templates, never by the paper's. */
export interface ContextAttributes {
  readonly modality: string;
  readonly anatomy: string;
  readonly laterality: 'left' | 'right';
}
type AttributeValues = PaperAttributes & ContextAttributes;
export type AttributeName = keyof AttributeValues;
export type PaperAttributeName = keyof PaperAttributes;

/** One typed fact about an image; never free text of a header. */
export interface Attribute<Name extends AttributeName = AttributeName> {
  readonly name: Name;
  readonly value: AttributeValues[Name];
  readonly source: AttributeSource;
  /** DICOM keyword, catalogue file or person's field that it was read from. */
  readonly origin: string;
  /** UCUM unit of a value that has one. */
  readonly unit?: 'a' | undefined;
  /** The concept that the value stands for, where it is coded. */
  readonly code?: CodedConcept | undefined;
}

export function attribute<Name extends AttributeName>(
  name: Name,
  value: AttributeValues[Name],
  source: AttributeSource,
  origin: string,
  code?: CodedConcept,
): Attribute<Name> {
  return { name, value, source, origin, ...(name === 'age' && { unit: 'a' as const }), ...(code && { code }) };
}

/** The value as it stands in a sentence; several are joined by a comma. */
export function said({ value }: Attribute): string {
  return typeof value === 'object' ? value.join(', ') : String(value);
}

export interface Prompt {
  readonly text: string;
  /** P0 … P9 as actually reached, `own` for a task's own words, or `human`. */
  readonly type: string;
  /** Every wording of the type; `text` is the first. */
  readonly wordings: readonly string[];
  readonly attributes: readonly Attribute[];
  readonly warnings: readonly string[];
}
