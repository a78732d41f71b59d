/**
 * The table of the hostile set: `node bench/hostile.ts` writes bench/results/hostile.md and ends with 1 where a verdict
 * or a message is not the wanted one. Needs ../shared and, for memory, Linux.
 */
import { writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import {
  type HostileCase,
  type HostileOutcome,
  hostileCases,
  inspectCase,
  isWanted,
  saysSo,
} from '../test/support/hostile.ts';

const load = os.loadavg()[0]?.toFixed(1);
const rows: { readonly one: HostileCase; readonly outcome: HostileOutcome }[] = [];
for (const one of hostileCases()) rows.push({ one, outcome: await inspectCase(one) });
const right = rows.filter(({ one, outcome }) => isWanted(one, outcome) && saysSo(one, outcome));
const most = (of: (outcome: HostileOutcome) => number): string =>
  Math.max(...rows.map(({ outcome }) => of(outcome))).toFixed(0);

const table = [
  '# Hostile files',
  '',
  `\`node bench/hostile.ts\` with \`maskwright inspect --json\`, a process for each case: ${right.length} of ${rows.length} ` +
    `get the wanted verdict with a message of the wanted meaning. Longest ${most(({ milliseconds }) => milliseconds)} ms, ${most((outcome) => outcome.processorMs)} ms of the processor ` +
    `(most of it the start of Node; load average before ${load}, after ${os.loadavg()[0]?.toFixed(1)}), highest memory ${most(({ peakMiB }) => peakMiB)} MiB (the command and its decoders, added).`,
  '',
  '| case | wanted | given | message | ms | processor ms | peak MiB |',
  '| --- | --- | --- | --- | --: | --: | --: |',
  ...rows.map(({ one, outcome }) => {
    const verdict = isWanted(one, outcome) ? outcome.given : `**${outcome.given}**`;
    const message = outcome.messages.join('; ').replaceAll('|', '\\|').slice(0, 240);
    const { milliseconds, processorMs, peakMiB } = outcome;
    return `| ${one.file} | ${one.wanted} | ${verdict} | ${message} | ${milliseconds.toFixed(0)} | ${processorMs} | ${peakMiB.toFixed(0)} |`;
  }),
  '',
];
await writeFile(path.join(import.meta.dirname, 'results/hostile.md'), table.join('\n'));
process.stdout.write(`${right.length} of ${rows.length} as wanted\n`);
process.exitCode = right.length === rows.length ? 0 : 1;
