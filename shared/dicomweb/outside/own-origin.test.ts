import { createServer, type RequestListener, type Server } from 'node:http';
import { parseUid, type SeriesInstanceUID, type StudyInstanceUID } from '@maskwright/dicom';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { sampleInstance } from '../contract.ts';
import { wholeInstances } from '../incoming-file.ts';
import { writeEnd, writePart } from '../multipart.ts';
import { outsideArchive } from './outside-archive.ts';
import { ownOriginOnly } from './own-origin.ts';

const study = parseUid<StudyInstanceUID>('1.2.3', 'StudyInstanceUID');
const series = parseUid<SeriesInstanceUID>('1.2.3.4', 'SeriesInstanceUID');
const sample = sampleInstance('origin');

/** A server of our own, and what it was asked for. */
async function serve(answer: RequestListener): Promise<{ server: Server; url: string; asked: string[] }> {
  const asked: string[] = [];
  const server = createServer((request, response) => {
    asked.push(`${request.method} ${request.url}`);
    answer(request, response);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  return { server, url: `http://127.0.0.1:${typeof address === 'object' ? address?.port : 0}`, asked };
}

let elsewhere: Awaited<ReturnType<typeof serve>>;
beforeAll(async () => {
  elsewhere = await serve((_, response) => response.end('[]'));
});
afterAll(() => void elsewhere.server.close());
beforeEach(() => {
  elsewhere.asked.length = 0;
});

describe('an archive that redirects', () => {
  let pacs: Awaited<ReturnType<typeof serve>>;
  let location: (url: string) => string;
  let status = 302;
  beforeAll(async () => {
    pacs = await serve((request, response) => {
      const { url = '' } = request;
      request.resume();
      if (!url.startsWith('/dicom-web/')) return void answerWith(response, url);
      response.writeHead(status, { location: location(url) }).end('moved');
    });
  });
  afterAll(() => void pacs.server.close());
  afterEach(() => {
    status = 302;
  });
  const archive = () => outsideArchive({ url: `${pacs.url}/dicom-web` });
  const answerWith = (response: Parameters<RequestListener>[1], url: string) => {
    if (url.includes('metadata') || url.includes('?')) return response.end('[]');
    const type = 'multipart/related; type="application/dicom"; boundary=b';
    response.writeHead(200, { 'content-type': type });
    response.end(Buffer.concat([writePart('b', 'application/dicom', sample.file), writeEnd('b')]));
  };
  const calls = {
    search: () => archive().searchSeries(study),
    metadata: () => archive().retrieveMetadata(study, series),
    'a whole series': () => Array.fromAsync(wholeInstances(archive().retrieveFiles(study, series))),
    'an instance': () => archive().retrieveInstance(study, series, sample.instance),
  };

  test.each(Object.entries(calls))('%s: within its own origin it is followed', async (_, ask) => {
    location = (url) => url.replace('/dicom-web/', '/elsewhere/');
    await expect(ask()).resolves.toBeDefined();
  });

  test.each(Object.entries({ ...calls, STOW: () => archive().store([sample.file]) }))(
    '%s: to another origin it is refused by name, and nobody there is asked',
    async (_, ask) => {
      status = 307;
      location = (url) => `${elsewhere.url}${url}`;
      await expect(ask()).rejects.toMatchObject({
        code: 'ARCHIVE_REFUSED',
        message: expect.stringContaining(`it redirects to another origin, ${elsewhere.url}`),
      });
      expect(elsewhere.asked).toEqual([]);
    },
  );

  test('what is stored is not turned into a question by a redirect', async () => {
    location = (url) => url.replace('/dicom-web/', '/elsewhere/');
    await expect(archive().store([sample.file])).rejects.toMatchObject({ message: expect.stringContaining('302') });
  });

  test('in circles it is not followed for ever', async () => {
    location = (url) => url;
    await expect(archive().searchSeries(study)).rejects.toThrow(/redirects more than 5 times/);
  });
});

describe('bulk data', () => {
  test('at another origin are refused by name, and nobody there is asked', async () => {
    const fetch = ownOriginOnly('http://pacs.test/dicom-web', (url, request) => globalThis.fetch(url, request));
    const signal = new AbortController().signal;
    for (const uri of [`${elsewhere.url}/bulk/1`, 'http://pacs.test:81/bulk/1', 'https://pacs.test/bulk/1'])
      await expect(fetch(uri, { method: 'GET', headers: {}, signal })).rejects.toMatchObject({
        code: 'ARCHIVE_REFUSED',
        message: `what is asked for is at another origin, ${new URL(uri).origin}`,
      });
    expect(elsewhere.asked).toEqual([]);
  });

  test('that metadata name at another origin are left alone: objects come whole', async () => {
    const named = { '7FE00010': { vr: 'OW', BulkDataURI: `${elsewhere.url}/bulk/1` } };
    const pacs = await serve((_, response) => void response.end(JSON.stringify([named])));
    const archive = outsideArchive({ url: `${pacs.url}/dicom-web` });
    expect(await archive.retrieveMetadata(study, series)).toHaveLength(1);
    expect(elsewhere.asked).toEqual([]);
    pacs.server.close();
  });
});
