import { createServer } from 'node:http';
import { inspect } from 'node:util';
import { datasetOf, parseUid, type SeriesInstanceUID, type StudyInstanceUID } from '@maskwright/dicom';
import { MaskwrightError } from '@maskwright/errors';
import nock from 'nock';
import { afterEach, describe, expect, test } from 'vitest';
import { sampleInstance } from '../contract.ts';
import { outsideArchive } from './outside-archive.ts';

const root = 'http://pacs.test';
const url = `${root}/dicom-web`;
const study = parseUid<StudyInstanceUID>('1.2.3', 'StudyInstanceUID');
const series = parseUid<SeriesInstanceUID>('1.2.3.4', 'SeriesInstanceUID');
afterEach(() => nock.cleanAll());

describe('faults of a PACS', () => {
  test.each([
    [503, 'ARCHIVE_UNREACHABLE'],
    [500, 'ARCHIVE_UNREACHABLE'],
    [429, 'ARCHIVE_UNREACHABLE'],
    [408, 'ARCHIVE_UNREACHABLE'],
    [401, 'ARCHIVE_DENIED'],
    [403, 'ARCHIVE_REFUSED'],
    [400, 'ARCHIVE_REFUSED'],
    [406, 'ARCHIVE_REFUSED'],
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

  test('404 is an unknown study or series, but for all studies it is a wrong URL', async () => {
    nock(root).get(/./).times(4).query(true).reply(404, 'no');
    const archive = outsideArchive({ url });
    expect(await archive.searchSeries(study)).toEqual([]);
    expect(await archive.searchInstances(study, series)).toEqual([]);
    expect(await archive.retrieveMetadata(study, series)).toEqual([]);
    await expect(Array.fromAsync(archive.searchStudies({}))).rejects.toMatchObject({ code: 'ARCHIVE_REFUSED' });
  });

  test('neither message nor cause of an error holds what was asked or answered', async () => {
    const secret = 'Miller^Anna';
    nock(root).get(/./).query(true).reply(500, secret).get(/./).query(true).reply(200, `${secret}{`);
    const archive = outsideArchive({ url });
    for (const _ of ['refused', 'malformed']) {
      const error: unknown = await Array.fromAsync(archive.searchStudies({ studyDate: { from: '20240101' } })).catch(
        (e) => e,
      );
      expect(error).toBeInstanceOf(MaskwrightError);
      const said = inspect(error, { depth: 10, showHidden: true });
      expect(said).not.toContain('Miller');
      expect(said).not.toContain('20240101');
    }
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

  test('Duplicate SOP Instance is success: it is there', async () => {
    const sample = sampleInstance('duplicate');
    const failure = { '00081155': { vr: 'UI', Value: [sample.instance] }, '00081197': { vr: 'US', Value: [0x0111] } };
    nock(root)
      .post('/dicom-web/studies')
      .reply(409, { '00081198': { vr: 'SQ', Value: [failure] } });
    expect(await outsideArchive({ url }).store([sample.file])).toEqual([
      { sopInstanceUID: sample.instance, stored: true },
    ]);
  });

  test('a warning is kept', async () => {
    const sample = sampleInstance('warned');
    const item = { '00081155': { vr: 'UI', Value: [sample.instance] }, '00081196': { vr: 'US', Value: [0xb000] } };
    nock(root)
      .post('/dicom-web/studies')
      .reply(200, { '00081199': { vr: 'SQ', Value: [item] } });
    expect(await outsideArchive({ url }).store([sample.file])).toEqual([
      { sopInstanceUID: sample.instance, stored: true, warning: 0xb000 },
    ]);
  });

  test.each([
    [400, 'bad', 'ARCHIVE_REFUSED'],
    [409, '', 'ARCHIVE_REFUSED'],
    [413, 'too large', 'ARCHIVE_REFUSED'],
    [401, { error: 'who are you' }, 'ARCHIVE_DENIED'],
    [503, 'later', 'ARCHIVE_UNREACHABLE'],
    [200, 'stored!', 'DICOM_MALFORMED'],
  ])('STOW-RS answered %i %o: %s', async (status, body, code) => {
    nock(root).post('/dicom-web/studies').reply(status, body);
    await expect(outsideArchive({ url }).store([sampleInstance('x').file])).rejects.toMatchObject({ code });
  });

  test('an instance that the answer does not name is not stored', async () => {
    const sample = sampleInstance('unnamed');
    for (const body of [{}, { '00081199': { vr: 'SQ', Value: 'none' } }, { '00081199': null }]) {
      nock(root).post('/dicom-web/studies').reply(200, body);
      expect(await outsideArchive({ url }).store([sample.file])).toMatchObject([{ stored: false }]);
    }
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

describe('an entry without a usable UID, between two good ones,', () => {
  const answer = (keyword: string) =>
    nock(root)
      .get(/./)
      .query(true)
      .reply(
        200,
        ['1.2.1', 'DOE^JANE', '1.2.3'].map((uid) => datasetOf({ [keyword]: uid })),
      );
  const search = {
    StudyInstanceUID: (onInvalid: (reason: string) => void) =>
      Array.fromAsync(outsideArchive({ url }).searchStudies({}, undefined, onInvalid), (one) => one.studyInstanceUID),
    SeriesInstanceUID: async (onInvalid: (reason: string) => void) =>
      (await outsideArchive({ url }).searchSeries(study, undefined, onInvalid)).map((one) => one.seriesInstanceUID),
  };

  test.each(['StudyInstanceUID', 'SeriesInstanceUID'] as const)(
    'is told without its value and passed over: %s',
    async (keyword) => {
      answer(keyword);
      const told: string[] = [];
      const uids = await search[keyword]((reason) => told.push(reason));
      expect(uids).toEqual(['1.2.1', '1.2.3']);
      expect(told).toEqual([expect.stringMatching(`^DICOM_MALFORMED: invalid UID: ${keyword} is not a UID`)]);
    },
  );

  test('fails a search for instances: the series is not whole without it', async () => {
    answer('SOPInstanceUID');
    await expect(outsideArchive({ url }).searchInstances(study, series)).rejects.toMatchObject({
      code: 'DICOM_MALFORMED',
    });
  });
});

test.each(['ftp://pacs/dicom-web', 'pacs', 'http://user:secret@pacs/dicom-web'])(
  '%s is no URL for an archive',
  (wrong) => {
    expect(() => outsideArchive({ url: wrong })).toThrow(
      expect.objectContaining({ code: 'CONFIG_INVALID', message: expect.not.stringContaining('secret') }),
    );
  },
);
