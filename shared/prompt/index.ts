/** Attributes with provenance, and the paper's prompts made from them. */
export {
  ATTRIBUTE_NAMES,
  type Attribute,
  type AttributeName,
  type AttributeSource,
  type Prompt,
} from './attributes.ts';
