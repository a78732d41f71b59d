import { execFileSync, spawn } from 'node:child_process';
import { mkdtempSync, readFileSync } from 'node:fs';
import { createServer } from 'node:https';
import os from 'node:os';
import path from 'node:path';
import { TLSSocket } from 'node:tls';
import { parseUid, type StudyInstanceUID } from '@maskwright/dicom';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { freePorts } from '../../../test/support/free-ports.ts';
import { outsideArchive } from './outside-archive.ts';

// Real connections, and nothing in this file that stands between them and us: nock changes what becomes of an alert.
const study = parseUid<StudyInstanceUID>('1.2.3', 'StudyInstanceUID');
const folder = mkdtempSync(path.join(os.tmpdir(), 'maskwright-tls-'));
const pem = (name: string) => readFileSync(path.join(folder, name), 'utf8');
beforeAll(() => void execFileSync('bash', ['-c', CERTIFICATES], { cwd: folder, stdio: 'ignore' }));

describe('mutual TLS', () => {
  let server: ReturnType<typeof createServer>;
  let url: string;
  beforeAll(async () => {
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

test.each([
  ['TLS 1.3, none', '-tls1_3', undefined],
  ['TLS 1.3, one of a stranger', '-tls1_3', 'stranger'],
  ['TLS 1.2, one of a stranger', '-tls1_2', 'stranger'],
])('a certificate that the archive refuses by an alert is told from one that is away: %s', async (_, version, ours) => {
  // OpenSSL's own server: Node's breaks the connection without a word.
  const port = await freePorts(1);
  const identity = ['-cert', 'server.crt', '-key', 'server.key', '-CAfile', 'ca.crt'];
  const server = spawn(
    'openssl',
    ['s_server', '-accept', String(port), version, ...identity, '-Verify', '1', '-verify_return_error', '-www'],
    { cwd: folder, stdio: ['ignore', 'pipe', 'ignore'] },
  );
  try {
    await new Promise((resolve) => server.stdout.once('data', resolve));
    const shown = ours === undefined ? {} : { cert: pem(`${ours}.crt`), key: pem(`${ours}.key`) };
    const certificates = { ca: pem('ca.crt'), ...shown };
    const refusal = () =>
      outsideArchive({ url: `https://127.0.0.1:${port}/dicom-web`, certificates })
        .searchSeries(study)
        .catch((error: unknown) => error);
    // The server may reset the connection over our request before its alert is read: then the next attempt tells.
    await expect
      .poll(refusal, { timeout: 10_000 })
      .toMatchObject({ code: 'ARCHIVE_DENIED', message: expect.stringContaining('our certificate') });
  } finally {
    server.kill('SIGKILL');
  }
});

const CERTIFICATES = `set -e
openssl req -x509 -newkey rsa:2048 -nodes -days 2 -subj /CN=test-ca -keyout ca.key -out ca.crt
for name in server client; do
  openssl req -newkey rsa:2048 -nodes -subj /CN=$name -keyout $name.key -out $name.csr
  openssl x509 -req -in $name.csr -CA ca.crt -CAkey ca.key -CAcreateserial -days 2 -out $name.crt -extfile <(printf 'subjectAltName=IP:127.0.0.1')
done
openssl req -x509 -newkey rsa:2048 -nodes -days 2 -subj /CN=stranger -keyout stranger.key -out stranger.crt`;
