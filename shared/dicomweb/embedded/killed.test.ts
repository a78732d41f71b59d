import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { createInterface } from 'node:readline';
import { pathToFileURL } from 'node:url';
import type { SOPInstanceUID } from '@maskwright/dicom';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { type Sample, sampleInstance } from '../contract.ts';
import { outsideArchive } from '../outside/outside-archive.ts';
import { startEmbeddedArchive } from './server.ts';

let directory: string;
beforeEach(async () => {
  directory = await mkdtemp(path.join(os.tmpdir(), 'maskwright-archive-'));
});
afterEach(() => rm(directory, { recursive: true }));

const instances = Array.from({ length: 30 }, (_, i) => sampleInstance('killed', 1, i + 1));
const [first = sampleInstance('killed'), second = sampleInstance('killed', 1, 2)] = instances;
const folder = () => path.join(directory, first.study, first.series);

/**
 * Where the archive kills itself, in the writing of the second instance. The calls that are counted: the first one flushes
 * its file and three folders (root, study, series), the second its file and one folder.
 */
test.each([
  { moment: 'half of the file is written', call: 'writeFile', count: 2, half: true, there: false },
  { moment: 'it is written, not flushed, not in place', call: 'sync', count: 5, half: false, there: false },
  { moment: 'it is in place, not in the index', call: 'sync', count: 6, half: false, there: true },
])('killed when $moment', async ({ call, count, half, there }) => {
  const fuse = `
    const { open } = await import('node:fs/promises');
    const handle = await open(process.execPath);
    const prototype = Object.getPrototypeOf(handle);
    await handle.close();
    const original = prototype.${call};
    let calls = 0;
    prototype.${call} = async function (...all) {
      if (++calls < ${count}) return original.apply(this, all);
      if (${half}) await this.write(all[0], 0, all[0].length >> 1);
      process.kill(process.pid, 'SIGKILL');
    };`;
  const { url, gone } = await archiveOfItsOwn(fuse);
  const doomed = outsideArchive({ url });
  expect(await doomed.store([first.file])).toMatchObject([{ stored: true }]);
  await expect(doomed.store([second.file])).rejects.toMatchObject({ code: 'ARCHIVE_UNREACHABLE' });
  expect(await gone).toEqual([null, 'SIGKILL']);

  await expectWhole(new Set([first.instance, ...(there ? [second.instance] : [])]));
});

test('killed with several under way, it keeps all that it said it had', async () => {
  const { url, gone, kill } = await archiveOfItsOwn();
  const archive = outsideArchive({ url });
  const acknowledged = new Set<SOPInstanceUID>();
  const left = instances.values();
  const worker = async () => {
    for (const { file, instance } of left) {
      const outcomes = await archive.store([file]).catch(() => undefined);
      if (!outcomes) return;
      if (outcomes[0]?.stored) acknowledged.add(instance);
      if (acknowledged.size === 5) kill();
    }
  };
  await Promise.all([worker(), worker(), worker(), worker()]);
  await gone;
  expect(acknowledged.size).toBeGreaterThanOrEqual(5);
  await expectAtLeast(acknowledged);
});

/** An archive in a process of its own; `before` is run in it when it listens. */
async function archiveOfItsOwn(before = '') {
  const server = pathToFileURL(path.join(import.meta.dirname, 'server.ts')).href;
  const program = `const { startEmbeddedArchive } = await import(${JSON.stringify(server)});
    const { url } = await startEmbeddedArchive({ directory: process.argv[1] });
    ${before}
    console.log(url);`;
  const child = spawn(process.execPath, ['--input-type=module', '-e', program, directory], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const gone = once(child, 'exit');
  const [url] = await once(createInterface(child.stdout), 'line');
  return { url: String(url), gone, kill: () => child.kill('SIGKILL') };
}

async function expectWhole(there: ReadonlySet<SOPInstanceUID>): Promise<void> {
  expect(await expectAtLeast(there)).toEqual(there);
}

/** After a restart: the index has what the files have, each file is whole, and all can be stored again. */
async function expectAtLeast(there: ReadonlySet<SOPInstanceUID>): Promise<ReadonlySet<SOPInstanceUID>> {
  await using running = await restarted();
  const { archive } = running;
  const listed = new Set(
    (await archive.searchInstances(first.study, first.series)).map(({ sopInstanceUID }) => sopInstanceUID),
  );
  expect([...listed]).toEqual(expect.arrayContaining([...there]));
  expect((await readdir(folder())).sort()).toEqual([...listed].map((uid) => `${uid}.dcm`).sort());
  for (const { instance, file } of instances.filter(({ instance: uid }: Sample) => listed.has(uid)))
    expect((await readFile(path.join(folder(), `${instance}.dcm`))).equals(file)).toBe(true);
  const again = await archive.store(instances.map(({ file }) => file));
  expect(again.every(({ stored }) => stored)).toBe(true);
  expect(await readdir(folder())).toHaveLength(instances.length);
  return listed;
}

async function restarted() {
  const server = await startEmbeddedArchive({ directory });
  return { archive: outsideArchive({ url: server.url }), [Symbol.asyncDispose]: () => server.close() };
}
