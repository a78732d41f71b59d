import { createServer } from 'node:http';
import { parseUid, type StudyInstanceUID } from '@maskwright/dicom';
import { api } from 'dicomweb-client';
import nock from 'nock';
import { afterEach, describe, expect, test } from 'vitest';
import { sampleInstance } from '../contract.ts';
import { outsideArchive } from './outside-archive.ts';

const root = 'http://pacs.test';
const url = `${root}/dicom-web`;
const study = parseUid<StudyInstanceUID>('1.2.3', 'StudyInstanceUID');
afterEach(() => nock.cleanAll());

describe('faults of a PACS', () => {
  test.each([
    [503, 'ARCHIVE_UNREACHABLE'],
    [500, 'ARCHIVE_UNREACHABLE'],
    [429, 'ARCHIVE_UNREACHABLE'],
    [408, 'ARCHIVE_UNREACHABLE'],
    [401, 'ARCHIVE_REFUSED'],
    [403, 'ARCHIVE_REFUSED'],
    [400, 'ARCHIVE_REFUSED'],
  ])('status %i is %s and names the place', async (status, code) => {
    nock(root).get('/dicom-web/studies/1.2.3/series').query(true).reply(status, 'no');
    await expect(outsideArchive({ url }).searchSeries(study)).rejects.toMatchObject({
      code,
      message: `${url}/studies/1.2.3/series answered ${status}`,
    });
  });

  test('no connection: unreachable', async () => {
    const nowhere = outsideArchive({ url: 'http://127.0.0.1:1/dicom-web' });
    await expect(nowhere.searchSeries(study)).rejects.toMatchObject({
      code: 'ARCHIVE_UNREACHABLE',
      message: expect.stringContaining('127.0.0.1:1'),
    });
  });

  test('no answer in time: unreachable', async () => {
    const silent = createServer(() => undefined);
    await new Promise<void>((resolve) => silent.listen(0, '127.0.0.1', resolve));
    const address = silent.address();
    const port = typeof address === 'object' && address ? address.port : 0;
    const archive = outsideArchive({ url: `http://127.0.0.1:${port}`, timeoutMs: 50 });
    await expect(archive.searchSeries(study)).rejects.toMatchObject({
      code: 'ARCHIVE_UNREACHABLE',
      message: expect.stringContaining('in time'),
    });
    silent.closeAllConnections();
    silent.close();
  });

  test('an answer that is no JSON, and one that is no list, are malformed', async () => {
    nock(root).get('/dicom-web/studies/1.2.3/series').query(true).reply(200, '<html>login</html>');
    await expect(outsideArchive({ url }).searchSeries(study)).rejects.toMatchObject({ code: 'DICOM_MALFORMED' });
    nock(root).get('/dicom-web/studies/1.2.3/series').query(true).reply(200, { error: 1 });
    await expect(outsideArchive({ url }).searchSeries(study)).rejects.toMatchObject({ code: 'DICOM_MALFORMED' });
  });

  test('204 means nothing found', async () => {
    nock(root).get('/dicom-web/studies/1.2.3/series').query(true).reply(204);
    expect(await outsideArchive({ url }).searchSeries(study)).toEqual([]);
  });

  test('an accepted STOW-RS with a failed instance in it is not success', async () => {
    const sample = sampleInstance('refused');
    const failure = { '00081155': { vr: 'UI', Value: [sample.instance] }, '00081197': { vr: 'US', Value: [0xa700] } };
    nock(root)
      .post('/dicom-web/studies')
      .reply(202, [{ '00081198': { vr: 'SQ', Value: [failure] } }]);
    expect(await outsideArchive({ url }).store([sample.file])).toEqual([
      { sopInstanceUID: sample.instance, stored: false, reason: 0xa700 },
    ]);
  });

  test('an instance that the answer does not name is not stored', async () => {
    const sample = sampleInstance('unnamed');
    nock(root).post('/dicom-web/studies').reply(200, {});
    expect(await outsideArchive({ url }).store([sample.file])).toMatchObject([{ stored: false }]);
  });

  test.each([
    [{ kind: 'basic', username: 'u', password: 'p' }, 'Basic dTpw'],
    [{ kind: 'bearer', token: 't' }, 'Bearer t'],
  ] as const)('credentials and the trace go with each request: %o', async (auth, authorization) => {
    nock(root, { reqheaders: { authorization, traceparent: '00-1' } })
      .get('/dicom-web/studies/1.2.3/series')
      .query(true)
      .reply(200, []);
    expect(await outsideArchive({ url, auth, headers: () => ({ traceparent: '00-1' }) }).searchSeries(study)).toEqual(
      [],
    );
  });
});

test('dicomweb-client alone needs an XMLHttpRequest, which Node has not: hence FetchRequest', () => {
  const client = new api.DICOMwebClient({ url });
  const alone = () => client.searchForStudies(Object.create(null));
  expect(alone).toThrow(/XMLHttpRequest is not defined/);
});
