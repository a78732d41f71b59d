/**
 * Runs the fault suite: `node test/faults/report.ts [--studies N] [--only TEXT] [--short] [--out FILE.md]`.
 * Prints a line for each fault as it is done; exit code 1 where anything was lost, doubled or contradicted.
 */
import { writeFileSync } from 'node:fs';
import { cpus, totalmem } from 'node:os';
import { parseArgs } from 'node:util';
import { CALM, FAULTS } from './faults.ts';
import { studies } from './world/studies.ts';
import { type Line, suffer } from './world/suffer.ts';
import { openWorld } from './world/world.ts';

const { values } = parseArgs({
  options: {
    studies: { type: 'string', default: '20' },
    only: { type: 'string' },
    short: { type: 'boolean', default: false },
    out: { type: 'string' },
  },
});
const chosen = FAULTS.filter(
  ({ name, short }) => (!values.short || short) && (!values.only || name.includes(values.only)),
);
const some = studies(Number(values.studies));
const lines: Line[] = [];
const world = await openWorld();
try {
  const calm = await suffer(world, CALM, some, undefined);
  report(calm.line);
  for (const fault of chosen) {
    const { line } = await suffer(world, fault, some, calm.results);
    report(line);
  }
} finally {
  await world.close();
}
if (lines.some((line) => isBad(line))) process.exitCode = 1;

function report(line: Line): void {
  lines.push(line);
  console.log(JSON.stringify(line));
  if (values.out) writeFileSync(values.out, page(lines));
}

function isBad({ lost, duplicates, contradictory, untold, recoverySeconds }: Line): boolean {
  return lost + duplicates + contradictory + untold > 0 || recoverySeconds === null;
}

function page(all: readonly Line[]): string {
  const machine = `${cpus().length} cores (${cpus()[0]?.model ?? 'unknown'}), ${Math.round(totalmem() / 2 ** 30)} GB`;
  const rows = all.map(
    ({ fault, what, studies: count, stored, lost, duplicates, contradictory, untold, recoverySeconds, restarts }) =>
      `| ${fault} | ${what} | ${count} | ${stored} | ${lost} | ${duplicates} | ${contradictory} | ${untold} | ${recoverySeconds === null ? 'never' : recoverySeconds.toFixed(1)} | ${restarts} |`,
  );
  return [
    '# Faults',
    '',
    'Real processes: an Orthanc, a Kafka broker, an intake and a segmenter under a supervisor that starts them again; PACS and broker behind TCP proxies. While small studies (one image each, tiny models) are worked on, one fault strikes. The calm run says what should come of them. Written by `node test/faults/report.ts --out docs/faults.md`.',
    '',
    `Run on ${new Date().toISOString().slice(0, 10)}, ${machine}, beside other work.`,
    '',
    '| fault | what happens | studies in | SEGs stored | lost | duplicates | contradictory | untold | recovery, s | restarts |',
    '| --- | --- | ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: |',
    ...rows,
    '',
    '*Untold*: stored, but the log of events does not say so. *Recovery*: from the end of the fault to the last result stored and told. *Restarts*: how often the supervisor started a service again.',
    '',
  ].join('\n');
}
