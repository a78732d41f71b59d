/** Takes a job: fetch → decode → prompt → infer → assess → encode → deliver. */
export { type Compared, compareModels, type Look, lookAt, retouchedLooks } from './compare.ts';
export { encodeResult, type ResultObject, type ResultOptions } from './encode-result.ts';
export { FAIL_POINTS, type FailPoint, type Reached } from './fail-points.ts';
export type { Inference, Models } from './infer.ts';
export { type Asked, headerOf, partsOf, promptsFor } from './prompts-for.ts';
export type { SegmentRequest, TargetPrompt } from './segment-request.ts';
export { type Segmented, segmentSource } from './segment-source.ts';
export { runSegmenter, type SegmenterService } from './segmenter.ts';
export { sourceOfTask } from './source-of-task.ts';
export { Spool } from './spool.ts';
