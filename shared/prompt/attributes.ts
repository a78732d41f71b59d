/** Where an attribute's value came from. */
export type AttributeSource = 'metadata' | 'first-pass mask' | 'human' | 'catalogue';

/** The paper's 14 attributes (arXiv:2308.07706, section 3). */
export const ATTRIBUTE_NAMES = [
  'class',
  'description',
  'number',
  'size',
  'shape',
  'color',
  'location',
  'view',
  'cycle',
  'sex',
  'age',
  'quality',
  'malignancy',
  'findings',
] as const;
/** What else metadata says for sure: shown to a person and used by our own templates, never by the paper's. */
export const CONTEXT_NAMES = ['anatomy', 'laterality'] as const;
export type AttributeName = (typeof ATTRIBUTE_NAMES)[number] | (typeof CONTEXT_NAMES)[number];

/** One typed fact about an image. `value` is coded or validated, never free text of a header; several are joined by `, `. */
export interface Attribute {
  readonly name: AttributeName;
  readonly value: string;
  readonly source: AttributeSource;
  /** DICOM keyword, catalogue file or person's field that it was read from. */
  readonly origin: string;
}

export interface Prompt {
  readonly text: string;
  /** P0 … P9 as actually reached, or `human`. */
  readonly type: string;
  /** Every wording of the type; `text` is the first. */
  readonly wordings: readonly string[];
  readonly attributes: readonly Attribute[];
  readonly warnings: readonly string[];
}
