/** Model bundles, and inference with them; ONNX Runtime is loaded when the first model is opened. */
export { installBundle, packBundle, type UnpackedBundle, unpackBundle } from './archive.ts';
export { attachCalibration, mayAttach } from './attach-calibration.ts';
export { type Bundle, type BundleOptions, CALIBRATION, loadBundle, MANIFEST } from './bundle.ts';
export { type Calibration, calibrationSchema, type Regression } from './calibration.ts';
export { type Conventional, type ConventionalResult, openConventional } from './conventional.ts';
export { updateDigests } from './digests.ts';
export type { Domain } from './domain.ts';
export { atOneSize, type Logits, maskOf, type ProbabilityPlane, probabilitiesAt, probabilityPlane } from './logits.ts';
export { filesOf, type Manifest, manifestJsonSchema } from './manifest.ts';
export { type MaskRule, meanRule, sigmoid } from './mask-rule.ts';
export type { ExecutionProvider, Runtime } from './runtime.ts';
export { type BundleShelf, loadBundles } from './shelf.ts';
export { readPrivateKey, readPublicKey, SIGNATURE, signatureOf, type TrustedKey } from './signature.ts';
export { openTokenizer, type PromptTokenizer } from './tokenizer.ts';
export { type Trial, tryBundle } from './trial.ts';
export { isSigned } from './trust.ts';
export { type ImageFeatures, openVlsm, type Vlsm } from './vlsm.ts';
