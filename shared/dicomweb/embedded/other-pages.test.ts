import { mkdtemp, rm } from 'node:fs/promises';
import { type OutgoingHttpHeaders, request } from 'node:http';
import os from 'node:os';
import path from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { type EmbeddedArchive, startEmbeddedArchive } from './server.ts';

const VIEWER = 'http://localhost:3000';
let directory: string;
let archive: EmbeddedArchive;
beforeEach(async () => {
  directory = await mkdtemp(path.join(os.tmpdir(), 'maskwright-archive-'));
  archive = await startEmbeddedArchive({ directory, viewerOrigin: VIEWER });
});
afterEach(async () => {
  await archive.close();
  await rm(directory, { recursive: true });
});

const elsewhere = { origin: 'https://evil.example' };
const upgrade = {
  connection: 'upgrade',
  upgrade: 'websocket',
  'sec-websocket-key': 'dGhlIHNhbXBsZSBub25jZQ==',
  'sec-websocket-version': '13',
};
const item = JSON.stringify({ '00741000': { vr: 'CS', Value: ['SCHEDULED'] } });

/** @returns the status of the answer, also of one that comes before the body is sent or that changes the protocol */
function answer(method: string, place: string, headers: OutgoingHttpHeaders, body?: string | Buffer) {
  const { port, pathname } = new URL(archive.url);
  return new Promise<number | undefined>((resolve, reject) => {
    const asked = request({ method, port, path: pathname + place, headers }, (response) => {
      resolve(response.statusCode);
      asked.destroy();
    });
    asked.on('upgrade', ({ statusCode }, socket) => {
      resolve(statusCode);
      socket.destroy();
    });
    asked.on('error', reject);
    if (headers.expect === undefined) asked.end(body);
    else asked.flushHeaders();
  });
}

describe('another page', () => {
  test.each<[string, string, string, OutgoingHttpHeaders, string | undefined, number]>([
    [
      'may not write a work item',
      'POST',
      '/workitems?1.2.3',
      { 'content-type': 'text/plain', ...elsewhere },
      item,
      403,
    ],
    ['may not do so by keeping its origin', 'POST', '/workitems?1.2.3', { 'sec-fetch-site': 'cross-site' }, item, 403],
    ['may not subscribe', 'POST', '/workitems/1.2.840.10008.5.1.4.34.5/subscribers/a', elsewhere, undefined, 403],
    ['may not unsubscribe', 'DELETE', '/workitems/1.2.840.10008.5.1.4.34.5/subscribers/a', elsewhere, undefined, 403],
    ['may not change a state', 'PUT', '/workitems/1.2.3/state', elsewhere, '[]', 403],
    ['may not store', 'POST', '/studies', elsewhere, 'anything', 403],
    ['may not listen to events', 'GET', '/subscribers/a', { ...upgrade, ...elsewhere }, undefined, 403],
  ])('%s', async (_, method, place, headers, body, status) => {
    expect(await answer(method, place, headers, body)).toBe(status);
  });

  test.each<[string, string, string, OutgoingHttpHeaders, string | undefined, number]>([
    ['a program that is no browser may write', 'POST', '/workitems?1.2.3', {}, item, 201],
    ['a viewer that is trusted may write', 'POST', '/workitems?1.2.3', { origin: VIEWER }, item, 201],
    ['a program that is no browser may listen', 'GET', '/subscribers/a', upgrade, undefined, 101],
    ['a page may read what its browser then keeps from it', 'GET', '/studies', elsewhere, undefined, 200],
  ])('is told from others: %s', async (_, method, place, headers, body, status) => {
    expect(await answer(method, place, headers, body)).toBe(status);
  });
});

describe('a STOW-RS request', () => {
  test.each<[string, OutgoingHttpHeaders, number]>([
    ['that is no multipart', { 'content-type': 'text/plain' }, 400],
    ['without a boundary', { 'content-type': 'multipart/related; type="application/dicom"' }, 400],
  ])('%s is refused before its body is sent', async (_, headers, status) => {
    const waiting = { ...headers, 'content-length': 1_000_000_000, expect: '100-continue' };
    expect(await answer('POST', '/studies', waiting)).toBe(status);
  });

  test('that is compressed is not inflated', async () => {
    const body = gzipSync(Buffer.alloc(1_000_000));
    const headers = { 'content-type': 'multipart/related; boundary=b', 'content-encoding': 'gzip' };
    expect(await answer('POST', '/studies', headers, body)).toBe(415);
  });
});
