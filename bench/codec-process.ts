/**
 * What it costs to decode outside of the process: `node bench/codec-process.ts` prints a table. Each figure is the least
 * of several runs, for the machine may be busy with other things. Needs ../shared.
 */
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { parseObject } from '@maskwright/dicom';
import { describePixels } from '@maskwright/image';
import { decodeCodestream } from '../shared/image/codec/decoders.ts';
import type { CodecName, DecodeRequest } from '../shared/image/codec/message.ts';
import { codecPool } from '../shared/image/codec/pool.ts';
import { sharedFolder } from '../test/support/needs.ts';

const CASES: readonly (readonly [string, CodecName])[] = [
  ['ct/cq500-j2k.dcm', 'jpeg-2000'],
  ['ct/sagittal-reformat.dcm', 'jpeg-ls'],
  ['ct/ge-head-gantry-tilt/008.dcm', 'jpeg'],
  ['ct/chest-axial-covid-ny-sbu.dcm', 'htj2k'],
  ['xray/cr-chest-konica-mono1-8bit-jpeg.dcm', 'jpeg'],
];
const RUNS = 30;

const options = { processes: 2, memoryMiB: 768, timeoutMs: 30_000, idleMs: 60_000 };
const start = await least(3, async () => {
  const fresh = codecPool(options);
  await fresh.decode(request('ct/cq500-j2k.dcm', 'jpeg-2000'));
  fresh.close();
});
const pool = codecPool(options);
const rows = [
  '| file | frame | in the process, ms | in another, ms | two at a time, ms a frame |',
  '| --- | --- | --: | --: | --: |',
];
for (const [file, codec] of CASES) {
  const one = request(file, codec);
  const within = await least(RUNS, () => decodeCodestream(one));
  const outside = await least(RUNS, () => pool.decode(one));
  const pairs = await least(RUNS / 2, () => Promise.all([pool.decode(one), pool.decode(one)]));
  const { rows: height, columns, bitsAllocated } = one.claimed;
  rows.push(
    `| ${file} | ${height} × ${columns}, ${bitsAllocated} bits | ${within.toFixed(1)} | ${outside.toFixed(1)} | ${(pairs / 2).toFixed(1)} |`,
  );
}
pool.close();
process.stdout.write(`${rows.join('\n')}\nA process starts and decodes its first frame in ${start.toFixed(0)} ms.\n`);

function request(file: string, codec: CodecName): DecodeRequest {
  const { dataset, pixelData = [] } = parseObject(readFileSync(path.join(sharedFolder, 'data/dicom', file)));
  return { codec, codestream: pixelData[0] ?? new Uint8Array(), claimed: describePixels(dataset) };
}
async function least(runs: number, work: () => Promise<unknown>): Promise<number> {
  let best = Number.POSITIVE_INFINITY;
  for (let run = 0; run < runs; run += 1) {
    const started = performance.now();
    await work();
    best = Math.min(best, performance.now() - started);
  }
  return best;
}
