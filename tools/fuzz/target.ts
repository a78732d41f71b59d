/** The process in which inputs are tried: everything that a file goes through before a model sees it. */
import { type Instance, oddValues, parseObject, parsePart10 } from '@maskwright/dicom';
import { MaskwrightError } from '@maskwright/errors';
import { assembleSource, decodeFrame, judgeImage, renderRgb } from '@maskwright/image';
import { corpusFiles } from './corpus.ts';
import { inputOf } from './input.ts';

export interface TargetReply {
  readonly seed: number;
  readonly made: string;
  /** What came of it: a result, the code of a MaskwrightError, or (a fault) any other error. */
  readonly outcome: string;
  readonly fault?: string;
}

const corpus = corpusFiles();
let previous: Instance | undefined;

process.on('message', async (seed: number) => {
  const { bytes, made } = inputOf(seed, corpus);
  const reply = await attempt(bytes);
  process.send?.({ seed, made, ...reply } satisfies TargetReply);
});
process.on('disconnect', () => process.exit(0));
process.send?.({ seed: -1, made: 'start', outcome: 'ready' } satisfies TargetReply);

async function attempt(bytes: Uint8Array): Promise<Pick<TargetReply, 'outcome' | 'fault'>> {
  try {
    await use(bytes);
    return { outcome: 'result' };
  } catch (error) {
    if (error instanceof MaskwrightError) return { outcome: error.code };
    return { outcome: 'fault', fault: error instanceof Error ? (error.stack ?? error.message) : String(error) };
  }
}

async function use(bytes: Uint8Array): Promise<void> {
  const object = parseObject(bytes);
  oddValues(object.dataset);
  judgeImage(object);
  const instance = parsePart10(bytes);
  const { frames } = assembleSource([instance]);
  for (const { frameNumber } of frames.slice(0, 3)) {
    renderRgb(await decodeFrame({ instance, frameNumber }), instance.dataset);
  }
  const { pixelData: _, ...headers } = instance;
  const before = previous;
  previous = headers;
  if (before) together(headers, before);
}

/** Two objects that have nothing to do with each other, as one series: mostly refused, and that is no outcome of this one. */
function together(a: Instance, b: Instance): void {
  const { studyInstanceUID, seriesInstanceUID } = b;
  const dataset = { ...a.dataset };
  for (const tag of ['00100020', '00080060']) {
    const same = b.dataset[tag];
    if (same) dataset[tag] = same;
  }
  try {
    assembleSource([{ ...a, dataset, studyInstanceUID, seriesInstanceUID }, b]);
  } catch (error) {
    if (!(error instanceof MaskwrightError)) throw error;
  }
}
