import { mkdtemp } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { startEmbeddedArchive } from '@maskwright/dicomweb';
import { expect, test } from 'vitest';
import { maskwright } from '../support/maskwright.ts';
import { storedSegs } from '../support/stored-segs.ts';
import { summaryOf } from '../support/summary.ts';

/** Points of a run at which it is killed: what it has printed or stored by then differs from round to round. */
const ROUNDS = 10;

test('kill -9 at ten moments, started again each time: every study ends with exactly one SEG a task', async () => {
  const home = await mkdtemp(path.join(os.tmpdir(), 'maskwright-kill-'));
  const out = await mkdtemp(path.join(os.tmpdir(), 'maskwright-kill-out-'));
  const args = ['demo', '--once', '--home', home, '--out', out, '--port', '0'];
  for (let round = 0; round < ROUNDS; round++) {
    const process = maskwright(args);
    const moment = new Promise((resolve) => setTimeout(resolve, 500 + round * 600));
    await Promise.race([moment, process.ended]);
    await process.kill('SIGKILL');
  }
  const last = maskwright(args);
  expect(await last.ended, last.output().stderr).toBe(0);

  const entries = await summaryOf(out);
  expect(entries.map(({ outcome }) => outcome)).toEqual(Array(4).fill('stored'));
  const server = await startEmbeddedArchive({ directory: path.join(home, 'archive') });
  const stored = await storedSegs(server.url);
  await server.close();
  expect(stored.size).toBe(4);
  for (const { study, sopInstanceUIDs } of entries) expect(stored.get(study)).toEqual(sopInstanceUIDs);
}, 240_000);
