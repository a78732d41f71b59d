/**
 * The table of the hostile set: `node bench/hostile.ts` writes bench/results/hostile.md and ends with 1 where a verdict
 * or a message is not the wanted one. Needs ../shared and, for memory, Linux.
 */
import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import {
  type HostileCase,
  type HostileOutcome,
  hostileCases,
  inspectCase,
  isWanted,
  saysSo,
} from '../test/support/hostile.ts';

const rows: { readonly one: HostileCase; readonly outcome: HostileOutcome }[] = [];
for (const one of hostileCases()) rows.push({ one, outcome: await inspectCase(one) });
const right = rows.filter(({ one, outcome }) => isWanted(one, outcome) && saysSo(one, outcome));
const most = (of: (outcome: HostileOutcome) => number): string =>
  Math.max(...rows.map(({ outcome }) => of(outcome))).toFixed(0);

const table = [
  '# Hostile files',
  '',
  `\`node bench/hostile.ts\` with \`maskwright inspect --json\`, a process for each case: ${right.length} of ${rows.length} ` +
    `get the wanted verdict with a message of the wanted meaning. Longest ${most(({ milliseconds }) => milliseconds)} ms ` +
    `(most of it the start of Node), highest memory ${most(({ peakMiB }) => peakMiB)} MiB (the command and its decoders, added).`,
  '',
  '| case | wanted | given | message | ms | peak MiB |',
  '| --- | --- | --- | --- | --: | --: |',
  ...rows.map(({ one, outcome }) => {
    const verdict = isWanted(one, outcome) ? outcome.given : `**${outcome.given}**`;
    const message = outcome.messages.join('; ').replaceAll('|', '\\|').slice(0, 240);
    const { milliseconds, peakMiB } = outcome;
    return `| ${one.file} | ${one.wanted} | ${verdict} | ${message} | ${milliseconds.toFixed(0)} | ${peakMiB.toFixed(0)} |`;
  }),
  '',
];
await writeFile(path.join(import.meta.dirname, 'results/hostile.md'), table.join('\n'));
process.stdout.write(`${right.length} of ${rows.length} as wanted\n`);
process.exitCode = right.length === rows.length ? 0 : 1;
