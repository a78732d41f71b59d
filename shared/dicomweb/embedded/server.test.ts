import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { createInterface } from 'node:readline';
import { pathToFileURL } from 'node:url';
import { parsePart10, type SOPInstanceUID, writePart10 } from '@maskwright/dicom';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { type Sample, sampleInstance } from '../contract.ts';
import { outsideArchive } from '../outside/outside-archive.ts';
import { type EmbeddedArchive, type EmbeddedArchiveOptions, startEmbeddedArchive } from './server.ts';

let directory: string;
let running: EmbeddedArchive | undefined;
beforeEach(async () => {
  directory = await mkdtemp(path.join(os.tmpdir(), 'maskwright-archive-'));
});
afterEach(async () => {
  await stop();
  await rm(directory, { recursive: true });
});

async function start(options: Partial<EmbeddedArchiveOptions> = {}) {
  running = await startEmbeddedArchive({ directory, ...options });
  return { server: running, archive: outsideArchive({ url: running.url }) };
}
async function stop() {
  await running?.close();
  running = undefined;
}
const fileOf = ({ study, series, instance }: Sample) => path.join(directory, study, series, `${instance}.dcm`);
const sample = sampleInstance('one');

test('says which studies got something new, and only those', async () => {
  const { server, archive } = await start();
  const seen: string[] = [];
  server.onStored((study) => seen.push(study));
  await archive.store([sample.file]);
  await archive.store([sample.file]);
  expect(seen).toEqual([sample.study]);
});

test('an identifier that another series has is not taken over', async () => {
  const { server, archive } = await start();
  await archive.store([sample.file]);
  const thief = withIdentifiers({ study: '1.2.3', series: '1.2.3.4', instance: sample.instance });
  expect(await archive.store([thief])).toMatchObject([{ sopInstanceUID: sample.instance, stored: false }]);
  expect((await fetch(`${server.url}/studies/1.2.3`)).status).toBe(404);
  expect(Buffer.from(await archive.retrieveInstance(sample.study, sample.series, sample.instance))).toEqual(
    Buffer.from(sample.file),
  );
});

function withIdentifiers({ study, series, instance }: Record<'study' | 'series' | 'instance', string>): Uint8Array {
  return writePart10({
    SOPClassUID: '1.2.840.10008.5.1.4.1.1.7',
    StudyInstanceUID: study,
    SeriesInstanceUID: series,
    SOPInstanceUID: instance,
  });
}

describe('the files are the truth, whatever became of the index', () => {
  const listed = async () => {
    const { archive } = await start();
    const found = await archive.searchInstances(sample.study, sample.series);
    return found.map(({ sopInstanceUID }) => sopInstanceUID);
  };
  beforeEach(async () => {
    const { archive } = await start();
    await archive.store([sample.file]);
    await stop();
  });

  test('a file that is not indexed is found, what was left unfinished goes', async () => {
    for (const suffix of ['', '-wal']) await rm(path.join(directory, `index.sqlite${suffix}`), { force: true });
    await writeFile(path.join(directory, sample.study, sample.series, '1.2.3.dcm.part'), 'half');
    expect(await listed()).toEqual([sample.instance]);
    expect(await readdir(path.dirname(fileOf(sample)))).toEqual([`${sample.instance}.dcm`]);
  });

  test('a broken index is made anew', async () => {
    await writeFile(path.join(directory, 'index.sqlite'), 'this is no database, and it is long enough to be looked at');
    expect(await listed()).toEqual([sample.instance]);
  });

  test('an instance whose file was taken away is not there', async () => {
    await rm(fileOf(sample));
    expect(await listed()).toEqual([]);
  });

  test('a file that is no instance of its place is named and left alone', async () => {
    await mkdir(path.join(directory, '1.2', '3.4'), { recursive: true });
    await writeFile(path.join(directory, '1.2', '3.4', '5.6.dcm'), sampleInstance('strange').file);
    await writeFile(path.join(directory, '1.2', 'broken.dcm'), 'broken');
    expect(await listed()).toEqual([sample.instance]);
    expect([...(running?.ignored ?? [])].sort()).toEqual([
      path.join('1.2', '3.4', '5.6.dcm'),
      path.join('1.2', 'broken.dcm'),
    ]);
  });

  test('two processes cannot have the same folder', async () => {
    await start();
    await expect(startEmbeddedArchive({ directory })).rejects.toMatchObject({ code: 'CONFIG_INVALID' });
  });
});

test.each([1, 5, 12])(
  'killed while it stores (after %i answers), it keeps all that it said it had',
  async (answers) => {
    const instances = Array.from({ length: 40 }, (_, i) => sampleInstance('killed', 1, i + 1));
    const acknowledged = await storeUntilKilled(instances, answers);
    const { archive } = await start();
    const [{ study, series } = sample] = instances;
    const listed = (await archive.searchInstances(study, series)).map(({ sopInstanceUID }) => sopInstanceUID);
    expect(listed).toEqual(expect.arrayContaining([...acknowledged]));
    expect(acknowledged.size).toBeGreaterThanOrEqual(answers);
    const files = await readdir(path.dirname(fileOf(instances[0] ?? sample)));
    expect(files.sort()).toEqual(listed.map((uid) => `${uid}.dcm`).sort());
    for (const instance of instances.filter(({ instance }) => listed.includes(instance)))
      expect(Buffer.from(instance.file).equals(await readFile(fileOf(instance)))).toBe(true);
  },
);

/** Four at a time go to an archive in a process of its own, which is killed with some under way. */
async function storeUntilKilled(instances: readonly Sample[], answers: number): Promise<Set<SOPInstanceUID>> {
  const server = pathToFileURL(path.join(import.meta.dirname, 'server.ts')).href;
  const program = `const { startEmbeddedArchive } = await import(${JSON.stringify(server)});
    console.log((await startEmbeddedArchive({ directory: process.argv[1] })).url);`;
  const child = spawn(process.execPath, ['--input-type=module', '-e', program, directory], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const gone = once(child, 'exit');
  const [url] = await once(createInterface(child.stdout), 'line');
  const archive = outsideArchive({ url: String(url) });
  const acknowledged = new Set<SOPInstanceUID>();
  const left = instances.values();
  const worker = async () => {
    for (const { file, instance } of left) {
      const outcomes = await archive.store([file]).catch(() => undefined);
      if (!outcomes) return;
      if (outcomes[0]?.stored) acknowledged.add(instance);
      if (acknowledged.size === answers) child.kill('SIGKILL');
    }
  };
  await Promise.all([worker(), worker(), worker(), worker()]);
  await gone;
  return acknowledged;
}

describe('as a server', () => {
  test.each([
    ['studies?limit=x', 400],
    ['studies?offset=-1', 400],
    ['studies/1.2.3', 404],
    ['studies/1.2.3/metadata', 404],
    ['nothing', 404],
  ])('%s: %i', async (resource, status) => {
    const { server } = await start();
    expect((await fetch(`${server.url}/${resource}`)).status).toBe(status);
  });

  test.each([
    ['no multipart', 'application/dicom', 'x'],
    ['no closing delimiter', 'multipart/related; boundary=b', '--b\r\n\r\nx'],
    ['nothing', 'multipart/related; boundary=b', ''],
  ])('a STOW-RS that is %s is a bad request', async (_, type, body) => {
    const { server } = await start();
    const answer = await fetch(`${server.url}/studies`, { method: 'POST', headers: { 'content-type': type }, body });
    expect(answer.status).toBe(400);
  });

  test('a study takes only its own instances', async () => {
    const { server } = await start();
    const body = Buffer.concat([Buffer.from('--b\r\n\r\n'), sample.file, Buffer.from('\r\n--b--')]);
    const answer = await fetch(`${server.url}/studies/1.2.3`, {
      method: 'POST',
      headers: { 'content-type': 'multipart/related; boundary=b' },
      body,
    });
    expect(answer.status).toBe(409);
    expect(await answer.json()).toMatchObject({ '00081198': { Value: [{ '00081197': { Value: [0xa900] } }] } });
  });

  test('a whole study comes as multipart/related', async () => {
    const { server, archive } = await start();
    await archive.store([sample.file, sampleInstance('one', 2).file]);
    const answer = await fetch(`${server.url}/studies/${sample.study}`);
    expect(answer.headers.get('content-type')).toMatch(/^multipart\/related; type="application\/dicom"; boundary=/);
    expect((await answer.text()).match(/^Content-Type: application\/dicom/gm)).toHaveLength(2);
  });

  test('a client that goes away in the middle does not disturb the next one', async () => {
    const { server, archive } = await start();
    await archive.store([sample.file]);
    const leaving = new AbortController();
    await fetch(`${server.url}/studies/${sample.study}`, { signal: leaving.signal });
    leaving.abort();
    expect(parsePart10(await archive.retrieveInstance(sample.study, sample.series, sample.instance))).toBeDefined();
  });

  test.each([
    [undefined, null],
    ['http://localhost:3000', 'http://localhost:3000'],
  ])('viewer origin %s', async (viewerOrigin, expected) => {
    const { server } = await start(viewerOrigin === undefined ? {} : { viewerOrigin });
    const answer = await fetch(`${server.url}/studies`);
    expect(answer.headers.get('access-control-allow-origin')).toBe(expected);
  });

  test('a port that is taken is said', async () => {
    const { server } = await start();
    const other = await mkdtemp(path.join(os.tmpdir(), 'maskwright-archive-'));
    const port = Number(new URL(server.url).port);
    await expect(startEmbeddedArchive({ directory: other, port })).rejects.toMatchObject({ code: 'CONFIG_INVALID' });
    await rm(other, { recursive: true });
  });
});
