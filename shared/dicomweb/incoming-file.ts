import { type Instance, parsePart10 } from '@maskwright/dicom';
import type { IncomingFile } from './archive.ts';
import { gathered } from './multipart-stream.ts';

/** Instances of files as they arrive, each whole in memory. @throws MaskwrightError as `parsePart10` */
export async function* wholeInstances(files: AsyncIterable<IncomingFile>): AsyncGenerator<Instance> {
  for await (const file of files) yield parsePart10(await gathered(file));
}

/** A file that is there already. */
export async function* oneChunk(file: Uint8Array): AsyncGenerator<Uint8Array> {
  yield file;
}
