/** Attributes with provenance, and the paper's prompts made from them. */
export {
  type Attribute,
  type AttributeName,
  type AttributeSource,
  attribute,
  type Prompt,
  said,
} from './attributes.ts';
export {
  type AllPrompts,
  allPrompts,
  buildPrompt,
  type Change,
  missingAttributes,
  promptFor,
  type Wording,
  wordingOf,
} from './build.ts';
export { type Extracted, extractAttributes, type Header, headerAttributes } from './extract.ts';
export { fitPrompt, fitWords, type TokenLimit } from './fit.ts';
export { attributesOfMask, type PlaneMask } from './from-mask.ts';
export { toldText, toldValue } from './old-age.ts';
export { attributesJsonSchema, attributesSchema, parseAttributes } from './parse-attributes.ts';
export { strangeWords } from './strange-words.ts';
