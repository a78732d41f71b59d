import fc from 'fast-check';
import { expect, test } from 'vitest';
import { standIn, unreadableBatch } from './stand-in.ts';

test('bytes that no header of a batch is before have no stand-in', () => {
  expect(standIn(new Uint8Array(100), 'damaged')).toBeUndefined();
  expect(standIn(new Uint8Array(200).subarray(61), 'damaged')).toBeUndefined();
});

test('whatever is before the packed bytes: there is a stand-in or none', () => {
  const bytes = fc.uint8Array({ minLength: 61, maxLength: 100 });
  fc.assert(
    fc.property(bytes, fc.integer(), fc.integer({ max: 1000 }), (packed, lastDelta, count) => {
      const answer = Buffer.from(packed);
      answer.writeInt32BE(answer.length - 12, 8);
      answer.writeInt8(2, 16);
      answer.writeInt32BE(lastDelta, 23);
      answer.writeInt32BE(count, 57);
      const batch = new Uint8Array(answer.buffer, answer.byteOffset + 61, answer.length - 61);
      expect(standIn(batch, 'damaged') !== undefined).toBe(count >= 1);
    }),
  );
});

test.each([
  ['with a value', { value: Buffer.from('x'), headers: { 'maskwright-unreadable-batch': Buffer.from('{}') } }],
  ['with another header', { value: null, headers: { trace: Buffer.from('{}') } }],
  [
    'with a header of that name that says something else',
    { value: null, headers: { 'maskwright-unreadable-batch': Buffer.from('no') } },
  ],
  ['without headers', { value: null }],
])('a message %s stands for no batch', (_, message) => {
  expect(unreadableBatch(message)).toBeUndefined();
});
