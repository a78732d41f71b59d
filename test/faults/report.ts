/**
 * Runs the fault suite: `node test/faults/report.ts [--studies N] [--only TEXT] [--part 1/2] [--short]`.
 * Prints a line of JSON for each fault as it is done; exit code 1 where anything was lost, doubled or contradicted.
 * `node test/faults/page.ts LINES… > docs/faults.md` makes the page of them.
 */
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
    part: { type: 'string', default: '1/1' },
  },
});
const [part = 1, parts = 1] = values.part.split('/').map(Number);
const chosen = FAULTS.filter(
  ({ name, short }) => (!values.short || short) && (!values.only || name.includes(values.only)),
).filter((_, index) => index % parts === part - 1);
const some = studies(Number(values.studies));
const lines: Line[] = [];
const world = await openWorld();
try {
  const calm = await suffer(world, CALM, some, undefined);
  report(calm.line);
  if (isBad(calm.line)) throw new Error('even where nothing goes wrong not every study got its result');
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
}

function isBad({ lost, duplicates, contradictory, untold, recoverySeconds }: Line): boolean {
  return lost + duplicates + contradictory + untold > 0 || recoverySeconds === null;
}
