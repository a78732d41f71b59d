/** Attributes with provenance, and the paper's prompts made from them. */
export {
  ATTRIBUTE_NAMES,
  type Attribute,
  type AttributeName,
  type AttributeSource,
  CONTEXT_NAMES,
  type Prompt,
} from './attributes.ts';
export { type AllPrompts, allPrompts, buildPrompt, promptFor } from './build.ts';
export { extractAttributes } from './extract.ts';
export { attributesJsonSchema, attributesSchema, parseAttributes } from './parse-attributes.ts';
