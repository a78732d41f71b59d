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

/** Milliseconds: of one image with a prompt that is new, and of the same prompt on the same image again. */
async function timesOf(prompt: string) {
  const { model } = exported;
  if (!image) return {};
  const before = process.cpuUsage();
  const start = performance.now();
  if (!('encode' in model)) {
    await model.segment([image]);
    return { total: performance.now() - start, processor: processorSince(before) };
  }
  const features = await model.encode([image]);
  const encoded = performance.now();
  await model.segment(features, prompt);
  const end = performance.now();
  const processor = processorSince(before);
  await model.segment(features, prompt);
  return {
    total: end - start,
    processor,
    image: encoded - start,
    prompt: end - encoded,
    again: performance.now() - end,
  };
}

function processorSince(before: NodeJS.CpuUsage): number {
  const { user, system } = process.cpuUsage(before);
  return (user + system) / 1000;
}

function say(found: object): void {
  process.stdout.write(`${JSON.stringify(found)}\n`);
}
