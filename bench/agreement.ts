/**
 * The Node side of tools/export/agreement.py: node bench/agreement.ts BUNDLE CASE
 *
 * Says first how far the product's logits are from PyTorch's. Then each line of standard input is a prompt: one image with
 * that prompt is segmented and its times are said, so that PyTorch and this process take turns on a busy machine.
 */
import { createInterface } from 'node:readline';
import { largestDifference, openExported, readCase } from './exported-case.ts';

const [folder, caseFolder] = process.argv.slice(2);
if (folder === undefined || caseFolder === undefined) throw new TypeError('node bench/agreement.ts BUNDLE CASE');
const exported = await openExported(folder);
const given = await readCase(caseFolder);
const [image] = given.images;
if (!image) throw new RangeError('the case has no image');
say({ difference: await largestDifference(exported, given) });
for await (const prompt of createInterface({ input: process.stdin })) say(await timesOf(prompt));
await exported.model.dispose();

/** Milliseconds of one image with a prompt that is new: wall clock, the processor's time, and that of the parts. */
async function timesOf(prompt: string) {
  const { model } = exported;
  if (!image) return {};
  const start = performance.now();
  const before = process.cpuUsage();
  if (!('encode' in model)) {
    await model.segment([image]);
    return { processor: milliseconds(process.cpuUsage(before)), total: performance.now() - start };
  }
  const features = await model.encode([image]);
  const encoded = process.cpuUsage();
  await model.segment(features, prompt);
  const end = process.cpuUsage();
  const total = performance.now() - start;
  await model.segment(features, prompt);
  const again = process.cpuUsage();
  return {
    total,
    processor: milliseconds(end) - milliseconds(before),
    image: milliseconds(encoded) - milliseconds(before),
    prompt: milliseconds(end) - milliseconds(encoded),
    again: milliseconds(again) - milliseconds(end),
  };
}

function milliseconds({ user, system }: NodeJS.CpuUsage): number {
  return (user + system) / 1000;
}

function say(found: object): void {
  process.stdout.write(`${JSON.stringify(found)}\n`);
}
