import { existsSync } from 'node:fs';
import path from 'node:path';
import { expect, test } from 'vitest';
import { inspect } from '../../cli/inspect.ts';
import { hostileCases, hostileFolder, isWanted, outcomeOf, saysSo } from '../support/hostile.ts';
import { measured } from '../support/measured-run.ts';
import { describeWith, needs } from '../support/needs.ts';

const BOUND_MS = 5_000;
/** What the command and its decoders may take, whatever the files say; Node and one decoder are about 150 of it. */
const BOUND_MIB = 512;

// The table with a process for each case is made by bench/hostile.ts.
describeWith(needs.sharedData, 'hostile files are refused or warned of by name', () => {
  const cases = existsSync(hostileFolder) ? hostileCases() : [];

  test.each(cases)(
    '$file',
    async (one) => {
      const said: string[] = [];
      // Time on the processor, for machines that are busy; decoders have their own bound.
      const before = process.cpuUsage();
      const out = { stdout: (text: string) => said.push(text), stderr: () => undefined };
      await inspect([path.join(hostileFolder, one.file)], { json: true, pixels: false }, out);
      const { user, system } = process.cpuUsage(before);
      const outcome = outcomeOf(said.join(''), { milliseconds: 0, processorMs: (user + system) / 1000, peakMiB: 0 });
      const { given, messages } = outcome;
      expect(isWanted(one, outcome), `wanted ${one.wanted}, given ${given}: ${messages.join('; ')}`).toBe(true);
      expect(saysSo(one, outcome), `wanted '${one.phrase}', said: ${messages.join('; ')}`).toBe(true);
      expect(outcome.processorMs).toBeLessThan(BOUND_MS);
    },
    60_000,
  );

  test('all of them in one process stay within its memory', async () => {
    const { code, peakMiB } = await measured(['inspect', '--json', '--pixels', hostileFolder]);
    expect(code).toBe(1);
    expect(peakMiB).toBeLessThan(BOUND_MIB);
  }, 60_000);
});
