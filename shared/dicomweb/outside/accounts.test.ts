import { parseUid, type StudyInstanceUID } from '@maskwright/dicom';
import nock from 'nock';
import { afterEach, describe, expect, test } from 'vitest';
import { outsideArchive } from './outside-archive.ts';

const study = parseUid<StudyInstanceUID>('1.2.3', 'StudyInstanceUID');
const pacs = 'http://pacs.test';
const issuer = 'http://issuer.test';

describe('OAuth 2.0 client credentials', () => {
  afterEach(() => nock.cleanAll());
  const auth = {
    kind: 'oauth2',
    tokenUrl: `${issuer}/token`,
    clientId: 'a:b',
    clientSecret: 'c/d',
    scope: 'dicom',
  } as const;
  const archive = () => outsideArchive({ url: `${pacs}/dicom-web`, auth });
  const grant = (token: string, expires_in = 3600) =>
    nock(issuer, { reqheaders: { authorization: `Basic ${Buffer.from('a%3Ab:c%2Fd').toString('base64')}` } })
      .post('/token', { grant_type: 'client_credentials', scope: 'dicom' })
      .reply(200, { access_token: token, token_type: 'Bearer', expires_in });
  const asked = (token: string, status = 200) =>
    nock(pacs, { reqheaders: { authorization: `Bearer ${token}` } })
      .get('/dicom-web/studies/1.2.3/series')
      .query(true)
      .reply(status, status === 200 ? [] : '');

  test('one token serves all calls until its time is over', async () => {
    const one = archive();
    grant('first');
    asked('first');
    asked('first');
    await one.searchSeries(study);
    await one.searchSeries(study);
    expect(nock.isDone()).toBe(true);
  });

  test('a token that the archive refuses is renewed for the next try', async () => {
    const one = archive();
    grant('old');
    asked('old', 401);
    await expect(one.searchSeries(study)).rejects.toMatchObject({ code: 'ARCHIVE_DENIED', retryable: true });
    grant('new');
    asked('new');
    expect(await one.searchSeries(study)).toEqual([]);
  });

  test.each([
    [503, '', 'ARCHIVE_UNREACHABLE'],
    [401, '{"error":"invalid_client"}', 'ARCHIVE_DENIED'],
    [200, 'log in, please', 'ARCHIVE_UNREACHABLE'],
  ])('an issuer that answers %i %s: %s, which can be tried again and tells no secret', async (status, body, code) => {
    nock(issuer).post('/token').reply(status, body);
    const failure = { code, retryable: true, message: expect.not.stringContaining('c/d') };
    await expect(archive().searchSeries(study)).rejects.toMatchObject(failure);
  });
});

describe('a certificate that the archive does not accept', () => {
  const denied = { code: 'ARCHIVE_DENIED', message: expect.stringContaining('our certificate') };
  test.each([
    ['as nginx says it', '<center>The SSL certificate error</center>', 'text/html', denied],
    ['another page', '<center>Bad Request</center>', 'text/html', { code: 'ARCHIVE_REFUSED' }],
    ['JSON', '{"Message":"SSL certificate"}', 'application/json', { code: 'ARCHIVE_REFUSED' }],
  ])('is told from a refused request by the page: %s', async (_, body, type, expected) => {
    nock(pacs).get('/dicom-web/studies/1.2.3/series').query(true).reply(400, body, { 'content-type': type });
    await expect(outsideArchive({ url: `${pacs}/dicom-web` }).searchSeries(study)).rejects.toMatchObject(expected);
  });
});

test('an archive that does not answer is not asked again at once, and says so', async () => {
  const one = outsideArchive({
    url: 'http://127.0.0.1:1/dicom-web',
    breaker: { failures: 2, baseMs: 60_000, maxMs: 60_000 },
  });
  for (let i = 0; i < 2; i++) await expect(one.searchSeries(study)).rejects.toThrow(/ECONNREFUSED|connection/);
  await expect(one.searchSeries(study)).rejects.toMatchObject({
    code: 'ARCHIVE_UNREACHABLE',
    message: expect.stringContaining('left alone'),
  });
  expect(one.availability.isOpen()).toBe(false);
});
