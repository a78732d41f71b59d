/** Model bundles, and inference with them; ONNX Runtime is loaded when the first model is opened. */
export { type Bundle, loadBundle, type MaskRule } from './bundle.ts';
export { type Conventional, type ConventionalResult, openConventional } from './conventional.ts';
export type { Domain } from './domain.ts';
export { type Logits, maskOf } from './logits.ts';
export type { Manifest } from './manifest.ts';
export type { ExecutionProvider, Runtime } from './runtime.ts';
export { type BundleShelf, loadBundles } from './shelf.ts';
export { openTokenizer, type PromptTokenizer } from './tokenizer.ts';
export { type ImageFeatures, openVlsm, type Vlsm } from './vlsm.ts';
