import { execFileSync, spawn } from 'node:child_process';
import { mkdtempSync, readFileSync } from 'node:fs';
import { createServer } from 'node:https';
import os from 'node:os';
import path from 'node:path';
import { TLSSocket } from 'node:tls';
import { parseUid, type StudyInstanceUID } from '@maskwright/dicom';
import nock from 'nock';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { freePorts } from '../../../test/support/free-ports.ts';
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

describe('mutual TLS', () => {
  const folder = mkdtempSync(path.join(os.tmpdir(), 'maskwright-tls-'));
  const pem = (name: string) => readFileSync(path.join(folder, name), 'utf8');
  let server: ReturnType<typeof createServer>;
  let url: string;
  beforeAll(async () => {
    execFileSync('bash', ['-c', CERTIFICATES], { cwd: folder, stdio: 'ignore' });
    const options = { key: pem('server.key'), cert: pem('server.crt'), ca: pem('ca.crt'), requestCert: true };
    server = createServer({ ...options, rejectUnauthorized: false }, (request, response) => {
      const authorized = request.socket instanceof TLSSocket && request.socket.authorized;
      response.writeHead(authorized ? 200 : 401).end('[]');
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const address = server.address();
    url = `https://127.0.0.1:${typeof address === 'object' && address ? address.port : 0}/dicom-web`;
  });
  afterAll(() => void server.close());

  test('our certificate is shown, and the archive’s is checked against the authority that is named', async () => {
    const certificates = { ca: pem('ca.crt'), cert: pem('client.crt'), key: pem('client.key') };
    expect(await outsideArchive({ url, certificates }).searchSeries(study)).toEqual([]);
    const withoutOurs = outsideArchive({ url, certificates: { ca: pem('ca.crt') } });
    await expect(withoutOurs.searchSeries(study)).rejects.toMatchObject({ code: 'ARCHIVE_DENIED' });
    await expect(outsideArchive({ url }).searchSeries(study)).rejects.toMatchObject({ code: 'ARCHIVE_UNREACHABLE' });
    expect(() => outsideArchive({ url, certificates: { cert: pem('client.crt') } })).toThrow(/keyFile/);
  });
});

describe('a certificate that the archive does not accept', () => {
  const denied = { code: 'ARCHIVE_DENIED', message: expect.stringContaining('our certificate') };

  test('is told from a refused request where the server sends a TLS alert', async () => {
    const folder = mkdtempSync(path.join(os.tmpdir(), 'maskwright-alert-'));
    execFileSync('bash', ['-c', CERTIFICATES], { cwd: folder, stdio: 'ignore' });
    // OpenSSL's own server: Node's breaks the connection without a word. So does TLS 1.3 for us: undici sees the end first.
    const port = await freePorts(1);
    const server = spawn(
      'openssl',
      ['s_server', '-accept', String(port), '-cert', 'server.crt', '-key', 'server.key', '-CAfile', 'ca.crt'].concat([
        '-Verify',
        '1',
        '-verify_return_error',
        '-www',
      ]),
      { cwd: folder, stdio: ['ignore', 'pipe', 'ignore'] },
    );
    try {
      await new Promise((resolve) => server.stdout.once('data', resolve));
      const ca = readFileSync(path.join(folder, 'ca.crt'), 'utf8');
      const archive = outsideArchive({ url: `https://127.0.0.1:${port}/dicom-web`, certificates: { ca } });
      await expect(archive.searchSeries(study)).rejects.toMatchObject(denied);
    } finally {
      server.kill('SIGKILL');
    }
  });

  test.each([
    ['as nginx says it', '<center>The SSL certificate error</center>', 'text/html', denied],
    ['another page', '<center>Bad Request</center>', 'text/html', { code: 'ARCHIVE_REFUSED' }],
    ['JSON', '{"Message":"SSL certificate"}', 'application/json', { code: 'ARCHIVE_REFUSED' }],
  ])('is told from a refused request by the page: %s', async (_, body, type, expected) => {
    nock(pacs).get('/dicom-web/studies/1.2.3/series').query(true).reply(400, body, { 'content-type': type });
    await expect(outsideArchive({ url: `${pacs}/dicom-web` }).searchSeries(study)).rejects.toMatchObject(expected);
  });
});

const CERTIFICATES = `set -e
openssl req -x509 -newkey rsa:2048 -nodes -days 2 -subj /CN=test-ca -keyout ca.key -out ca.crt
for name in server client; do
  openssl req -newkey rsa:2048 -nodes -subj /CN=$name -keyout $name.key -out $name.csr
  openssl x509 -req -in $name.csr -CA ca.crt -CAkey ca.key -CAcreateserial -days 2 -out $name.crt -extfile <(printf 'subjectAltName=IP:127.0.0.1')
done`;

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
