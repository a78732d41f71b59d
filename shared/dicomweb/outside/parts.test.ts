import { createServer } from 'node:http';
import { api } from 'dicomweb-client';
import nock from 'nock';
import { afterEach, describe, expect, test } from 'vitest';
import { sampleInstance } from '../contract.ts';
import { writeEnd, writePart } from '../multipart.ts';
import { outsideArchive } from './outside-archive.ts';

const root = 'http://pacs.test';
const url = `${root}/dicom-web`;
afterEach(() => nock.cleanAll());

describe('answers in parts', () => {
  const { study, series, instance, file } = sampleInstance('parts');
  const place = `/dicom-web/studies/${study}/series/${series}/instances/${instance}`;
  const type = (of: string) => ({ 'content-type': `multipart/related; type="${of}"; boundary=b` });
  const part = (of: string, body: Uint8Array) => writePart('b', of, body);
  const whole = (...parts: Buffer[]) => Buffer.concat([...parts, writeEnd('b')]);
  const octets = (value: number) => part('application/octet-stream', Uint8Array.of(value));

  test('a server that sends the object alone, not as multipart, is understood', async () => {
    nock(root).get(place).reply(200, Buffer.from(file), { 'content-type': 'application/dicom' });
    expect(await outsideArchive({ url }).retrieveInstance(study, series, instance)).toEqual(file);
  });

  test.each<[string, Buffer | string, Record<string, string>]>([
    ['is cut off within the object', part('application/dicom', file).subarray(0, 300), type('application/dicom')],
    ['ends before the closing delimiter', part('application/dicom', file), type('application/dicom')],
    ['holds no object', whole(), type('application/dicom')],
    ['holds two', whole(part('application/dicom', file), part('application/dicom', file)), type('application/dicom')],
    ['is a page to log in', '<html>', { 'content-type': 'text/html' }],
    ['is a picture', whole(part('image/jpeg', file)), type('image/jpeg')],
    ['says no boundary', whole(part('application/dicom', file)), { 'content-type': 'multipart/related' }],
  ])('an object that %s is malformed', async (_, body, headers) => {
    nock(root).get(place).reply(200, body, headers);
    await expect(outsideArchive({ url }).retrieveInstance(study, series, instance)).rejects.toMatchObject({
      code: 'DICOM_MALFORMED',
      message: expect.stringContaining(root + place),
    });
  });

  test.each([
    ['text/html; charset=utf-8', 'sent text/html where'],
    ['text/doe-jane', 'sent another media type where'],
    [`x/${'y'.repeat(500)}`, 'sent another media type where'],
  ])('a type that is none is not quoted: %s', async (header, said) => {
    nock(root)
      .get(place)
      .reply(200, whole(part(header, file)), type('application/dicom'));
    await expect(outsideArchive({ url }).retrieveInstance(study, series, instance)).rejects.toMatchObject({
      code: 'DICOM_MALFORMED',
      message: expect.stringContaining(said),
    });
  });

  test.each<[string, Buffer]>([
    ['one is missing', whole(octets(1))],
    ['the second was cut off', Buffer.concat([octets(1), octets(2).subarray(0, -3)])],
    ['they are compressed', whole(part('image/jls', file), part('image/jls', file))],
    [
      'they are compressed and called octets',
      whole(...[1, 2].map(() => part('application/octet-stream; transfer-syntax=1.2.840.10008.1.2.4.90', file))),
    ],
  ])('frames of which %s are malformed', async (_, body) => {
    nock(root).get(`${place}/frames/1,2`).reply(200, body, type('application/octet-stream'));
    await expect(outsideArchive({ url }).retrieveFrames(study, series, instance, [2, 1])).rejects.toMatchObject({
      code: 'DICOM_MALFORMED',
    });
  });

  test('a connection that breaks within the answer: unreachable', async () => {
    const breaking = createServer((_, response) => {
      response.writeHead(200, { 'content-type': 'application/dicom', 'content-length': file.length });
      response.write(file.subarray(0, 100), () => response.destroy());
    });
    await new Promise<void>((resolve) => breaking.listen(0, '127.0.0.1', resolve));
    const address = breaking.address();
    const archive = outsideArchive({ url: `http://127.0.0.1:${typeof address === 'object' ? address?.port : 0}` });
    await expect(archive.retrieveInstance(study, series, instance)).rejects.toMatchObject({
      code: 'ARCHIVE_UNREACHABLE',
    });
    breaking.close();
  });

  test('dicomweb-client alone passes over a part that was cut off: hence our own reading of parts', async () => {
    const body = Buffer.concat([octets(1), octets(2).subarray(0, -3)]);
    const cut = {
      ...{ open() {}, setRequestHeader() {}, onreadystatechange() {}, readyState: 4, status: 200 },
      getResponseHeader: () => type('application/octet-stream')['content-type'],
      getAllResponseHeaders: () => '',
      response: Uint8Array.from(body).buffer,
      send: () => cut.onreadystatechange(),
    };
    const frames = await new api.DICOMwebClient({ url }).retrieveInstanceFrames({
      studyInstanceUID: study,
      seriesInstanceUID: series,
      sopInstanceUID: instance,
      frameNumbers: [1, 2],
      request: { instance: cut },
    });
    expect(frames).toHaveLength(1);
  });
});

test('dicomweb-client alone needs an XMLHttpRequest, which Node has not: hence FetchRequest', () => {
  const client = new api.DICOMwebClient({ url });
  const alone = () => client.searchForStudies(Object.create(null));
  expect(alone).toThrow(/XMLHttpRequest is not defined/);
});
