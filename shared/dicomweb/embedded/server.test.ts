import { mkdir, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { type OutgoingHttpHeaders, request } from 'node:http';
import os from 'node:os';
import path from 'node:path';
import { parsePart10, writePart10 } from '@maskwright/dicom';
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

test('an instance that cannot be written fails alone, is not there, and can be stored later', async () => {
  const { archive } = await start();
  const other = sampleInstance('one', 1, 2);
  await mkdir(`${fileOf(sample)}.part`, { recursive: true });
  expect(await archive.store([sample.file, other.file])).toEqual([
    { sopInstanceUID: sample.instance, stored: false, reason: 0x0110 },
    { sopInstanceUID: other.instance, stored: true },
  ]);
  expect(await archive.searchInstances(sample.study, sample.series)).toHaveLength(1);
  await rm(`${fileOf(sample)}.part`, { recursive: true });
  expect(await archive.store([sample.file])).toMatchObject([{ stored: true }]);
});

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

  test.each<[string, string, Partial<EmbeddedArchiveOptions>, OutgoingHttpHeaders, number]>([
    ['this machine', 'localhost', {}, {}, 200],
    ['a foreign name', '127.evil.example', {}, {}, 403],
    ['a foreign name, for events', '127.evil.example', {}, { connection: 'upgrade', upgrade: 'websocket' }, 403],
    ['any name, where it is told to listen elsewhere', 'archive.example', { host: '0.0.0.0' }, {}, 200],
  ])('a request to %s (%s) is answered so', async (_, host, options, headers, expected) => {
    const { server } = await start(options);
    const { port, pathname } = new URL(server.url);
    const status = await new Promise((resolve, reject) => {
      const asked = { port, path: `${pathname}/studies`, headers: { host: `${host}:${port}`, ...headers } };
      request(asked, ({ statusCode }) => resolve(statusCode))
        .on('error', reject)
        .end();
    });
    expect(status).toBe(expected);
  });

  test('a port that is taken is said', async () => {
    const { server } = await start();
    const other = await mkdtemp(path.join(os.tmpdir(), 'maskwright-archive-'));
    const port = Number(new URL(server.url).port);
    await expect(startEmbeddedArchive({ directory: other, port })).rejects.toMatchObject({ code: 'CONFIG_INVALID' });
    await rm(other, { recursive: true });
  });
});
