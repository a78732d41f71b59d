import { createServer, type Server, type ServerResponse } from 'node:http';
import { afterEach, describe, expect, test } from 'vitest';
import { sampleInstance } from '../contract.ts';
import { wholeInstances } from '../incoming-file.ts';
import { writeEnd, writePart } from '../multipart.ts';
import { outsideArchive } from './outside-archive.ts';

const [one, two] = [sampleInstance('stream', 1, 1), sampleInstance('stream', 1, 2)];
const part = (file: Uint8Array) => writePart('b', 'application/dicom', file);
const RELATED = { 'content-type': 'multipart/related; type="application/dicom"; boundary=b' };

const servers: Server[] = [];
afterEach(() => {
  for (const server of servers.splice(0)) {
    server.closeAllConnections();
    server.close();
  }
});

async function archiveThat(answers: (response: ServerResponse) => void, timeoutMs = 5000) {
  const server = createServer((_, response) => answers(response));
  servers.push(server);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  return outsideArchive({ url: `http://127.0.0.1:${typeof address === 'object' ? address?.port : 0}`, timeoutMs });
}
const uidsFrom = async (archive: Awaited<ReturnType<typeof archiveThat>>) => {
  const seen: string[] = [];
  for await (const { sopInstanceUID } of wholeInstances(archive.retrieveFiles(one.study, one.series)))
    seen.push(sopInstanceUID);
  return seen;
};

describe('a series in one answer', () => {
  test('is given file by file, before the next has come', async () => {
    const { promise, resolve } = Promise.withResolvers<ServerResponse>();
    const archive = await archiveThat((response) => {
      response.writeHead(200, RELATED).write(Buffer.concat([part(one.file), Buffer.from('--b\r\n')]));
      resolve(response);
    });
    const files = wholeInstances(archive.retrieveFiles(one.study, one.series));
    expect((await files.next()).value?.sopInstanceUID).toBe(one.instance);
    (await promise).end(Buffer.concat([part(two.file).subarray(5), writeEnd('b')]));
    expect((await files.next()).value?.sopInstanceUID).toBe(two.instance);
    expect(await files.next()).toMatchObject({ done: true });
  });

  test('may take longer than the time-out, as long as something comes', async () => {
    const archive = await archiveThat((response) => {
      response.writeHead(200, RELATED);
      const whole = Buffer.concat([part(one.file), part(two.file), writeEnd('b')]);
      const pieces = Array.from({ length: 8 }, (_, at) =>
        whole.subarray((at * whole.length) / 8, ((at + 1) * whole.length) / 8),
      );
      const send = () => {
        const piece = pieces.shift();
        if (!piece) return void response.end();
        response.write(piece);
        setTimeout(send, 300);
      };
      send();
    }, 2000);
    expect(await uidsFrom(archive)).toEqual([one.instance, two.instance]);
  });

  test('that is a single file without multipart is that file', async () => {
    const archive = await archiveThat((response) =>
      response.writeHead(200, { 'content-type': 'application/dicom' }).end(one.file),
    );
    expect(await uidsFrom(archive)).toEqual([one.instance]);
  });

  test.each<[string, (response: ServerResponse) => void]>([
    ['unknown', (response) => response.writeHead(404).end('no')],
    ['empty', (response) => response.writeHead(204).end()],
  ])('that is %s has no files', async (_, answers) => {
    expect(await uidsFrom(await archiveThat(answers))).toEqual([]);
  });

  const whole = Buffer.concat([part(one.file), part(two.file), writeEnd('b')]);
  test.each<[string, string, RegExp, (response: ServerResponse) => void]>([
    [
      'cut off by the connection',
      'ARCHIVE_UNREACHABLE',
      /connection|SOCKET/,
      (response) => {
        response.writeHead(200, { ...RELATED, 'content-length': whole.length });
        response.write(whole.subarray(0, whole.length - 100), () => response.destroy());
      },
    ],
    [
      'that stops coming',
      'ARCHIVE_UNREACHABLE',
      /no answer in time/,
      (response) => {
        response.writeHead(200, RELATED).write(whole.subarray(0, 200));
      },
    ],
    [
      'without its closing delimiter',
      'DICOM_MALFORMED',
      /ends before its closing delimiter/,
      (response) => {
        response.writeHead(200, RELATED).end(part(one.file));
      },
    ],
    [
      'with a part that is shorter than it says',
      'DICOM_MALFORMED',
      /Content-Length says/,
      (response) => {
        const wrong = Buffer.from(
          part(one.file)
            .toString('latin1')
            .replace(/Length: \d+/, 'Length: 99999'),
          'latin1',
        );
        response.writeHead(200, RELATED).end(Buffer.concat([wrong, writeEnd('b')]));
      },
    ],
    [
      'that is a page to log in',
      'DICOM_MALFORMED',
      /sent text\/html where application\/dicom/,
      (response) => {
        response.writeHead(200, { 'content-type': 'text/html' }).end('<html>');
      },
    ],
    ['that is refused', 'ARCHIVE_REFUSED', /answered 406/, (response) => response.writeHead(406).end()],
    ['that is denied', 'ARCHIVE_DENIED', /answered 401/, (response) => response.writeHead(401).end()],
    ['that fails', 'ARCHIVE_UNREACHABLE', /answered 503/, (response) => response.writeHead(503).end()],
  ])('%s is %s', async (_, code, message, answers) => {
    await expect(uidsFrom(await archiveThat(answers, 400))).rejects.toMatchObject({
      code,
      message: expect.stringMatching(message),
    });
  });
});
