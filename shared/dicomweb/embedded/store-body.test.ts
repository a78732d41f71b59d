import { mkdtemp, rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { sampleInstance } from '../contract.ts';
import { writeEnd, writePart } from '../multipart.ts';
import { InstanceStore } from './instance-store.ts';
import { storeBody } from './store-body.ts';

let directory: string;
let store: InstanceStore;
beforeEach(async () => {
  directory = await mkdtemp(path.join(os.tmpdir(), 'maskwright-store-'));
  store = await InstanceStore.open(directory);
});
afterEach(async () => {
  store.close();
  await rm(directory, { recursive: true });
});

const { file, study } = sampleInstance('body');
const TYPE = 'multipart/related; type="application/dicom"; boundary=b';
const good = writePart('b', 'application/dicom', file);
const stored = () => store.index.instances({ study }).length;

describe('of a STOW-RS body', () => {
  test('that is larger than what is held of it at a time, each part is stored', async () => {
    const broken = writePart('b', 'application/dicom', Buffer.alloc(3_000_000, 7));
    const outcome = await storeBody(store, TYPE, Buffer.concat([broken, good, writeEnd('b')]), undefined);
    expect(outcome).toMatchObject({ status: 202, studies: new Set([study]) });
    expect(stored()).toBe(1);
  });

  test('no part is a copy: each is stored out of the body, wherever it lies', async () => {
    const files = [1, 2, 3].map((number) => sampleInstance('body', 1, number).file);
    const preamble = Buffer.alloc(3_000_000, 'preamble');
    const parts = files.map((one) => writePart('b', 'application/dicom', one));
    const body = Buffer.concat([preamble, Buffer.from('\r\n'), ...parts, writeEnd('b'), Buffer.from('epilogue')]);
    const put = vi.spyOn(store, 'put');
    expect(await storeBody(store, TYPE, body, undefined)).toMatchObject({ status: 200 });
    const given = put.mock.calls.map(([bytes]) => bytes);
    expect(given.map((bytes) => Buffer.from(bytes))).toEqual(files.map((one) => Buffer.from(one)));
    expect(given.filter(({ buffer }) => buffer !== body.buffer)).toHaveLength(0);
  });

  test.each<[string, Buffer]>([
    ['a part is not as long as it says', Buffer.from('--b\r\nContent-Length: 99\r\n\r\nabc\r\n--b--')],
    ['a part is cut off', Buffer.from('--b\r\n\r\nabc')],
    ['there is no boundary', Buffer.from('abc')],
  ])('nothing is stored where %s', async (_, rest) => {
    const storing = storeBody(store, TYPE, Buffer.concat(rest.includes('--b') ? [good, rest] : [rest]), undefined);
    await expect(storing).rejects.toMatchObject({ code: 'DICOM_MALFORMED' });
    expect(stored()).toBe(0);
  });
});
