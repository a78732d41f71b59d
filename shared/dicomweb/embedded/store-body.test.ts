import { mkdtemp, rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
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
