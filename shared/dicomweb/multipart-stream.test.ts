import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { type Part, writeEnd, writePart } from './multipart.ts';
import { partsAsTheyArrive } from './multipart-stream.ts';

async function* inPieces(whole: Uint8Array, size: number): AsyncGenerator<Uint8Array> {
  for (let at = 0; at < whole.length; at += size) yield whole.subarray(at, at + size);
}
function read(body: string | Buffer, boundary: string, size = 3): Promise<Part[]> {
  return Array.fromAsync(partsAsTheyArrive(inPieces(Buffer.from(body), size), boundary));
}

describe('multipart/related as it arrives', () => {
  test('parts come back byte for byte, whatever they hold and however they are cut', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.uint8Array({ maxLength: 300 }), { maxLength: 4 }),
        fc.integer({ min: 1, max: 400 }),
        async (bodies, size) => {
          const whole = Buffer.concat([
            ...bodies.map((body) => writePart('b0undary', 'application/dicom', body)),
            writeEnd('b0undary'),
          ]);
          const parts = await read(whole, 'b0undary', size);
          expect(parts.map(({ body }) => [...body])).toEqual(bodies.map((body) => [...body]));
          expect(parts.map(({ headers }) => headers)).toEqual(
            bodies.map(({ length }) => ({ 'content-type': 'application/dicom', 'content-length': String(length) })),
          );
        },
      ),
      { numRuns: 60 },
    );
  });

  test('a part is given when it is complete, before the next has come', async () => {
    let sent = 0;
    const body = async function* () {
      for (const text of ['1', '2', '3']) {
        sent += 1;
        yield writePart('b', 'x/y', Buffer.from(text));
      }
      yield writeEnd('b');
    };
    const parts = partsAsTheyArrive(body(), 'b');
    const first = await parts.next();
    expect([...(first.value?.body ?? [])]).toEqual([49]);
    expect(sent).toBe(2);
  });

  test('a part that is larger than the buffer', async () => {
    const large = Buffer.alloc(300_000, 7);
    const [part] = await read(Buffer.concat([writePart('b', 'x/y', large), writeEnd('b')]), 'b', 10_007);
    expect(large.equals(part?.body ?? new Uint8Array())).toBe(true);
  });

  test('what only begins like the delimiter is content; what surrounds the parts is not', async () => {
    const body = 'preamble\r\n--b\r\nA: x\r\n\r\n1--b\r\n--bc\r\n--b \t\r\n\r\nno headers\r\n--b--epilogue';
    const parts = await read(body, 'b');
    expect(parts.map((part) => [part.headers, Buffer.from(part.body).toString()])).toEqual([
      [{ a: 'x' }, '1--b\r\n--bc'],
      [{}, 'no headers'],
    ]);
  });

  test.each([
    ['no boundary at all', 'abc', /does not hold its boundary/],
    ['cut before its end', '--b\r\nContent-Type: x\r\n\r\nabc', /ends before its closing delimiter/],
    ['a part without headers', '--b\r\nabc\r\n--b--', /no end of headers/],
    ['a part whose headers run into the next', '--b\r\nabc\r\n--b\r\nA: x\r\n\r\n1\r\n--b--', /no end of headers/],
    ['headers without end', `--b\r\n${'A: x\r\n'.repeat(10_000)}`, /no end of headers/],
    ['a part shorter than it says', '--b\r\nContent-Length: 9\r\n\r\nabc\r\n--b--', /3 bytes where .* says 9/],
  ])('%s is malformed', async (_, body, message) => {
    const failure = expect.objectContaining({ code: 'DICOM_MALFORMED', message: expect.stringMatching(message) });
    await expect(read(body, 'b', 1000)).rejects.toEqual(failure);
  });
});
