import { MaskwrightError } from '@maskwright/errors';
import { expect, test } from 'vitest';
import { isFull, unwritable } from './index.ts';

const failure = (code: string) => Object.assign(new Error('the disk says no'), { code });
const named = (cause: Error) => new MaskwrightError('OUTPUT_UNWRITABLE', 'a.dcm', { cause });

test.each<[string, unknown, boolean]>([
  ['a full disk', failure('ENOSPC'), true],
  ['a used-up quota', failure('EDQUOT'), true],
  ['a full disk whose file was named', named(failure('ENOSPC')), true],
  ['a folder in the way', named(failure('EISDIR')), false],
  ['anything else', 'ENOSPC', false],
])('%s', (_, error, full) => {
  expect(isFull(error)).toBe(full);
});

test('the failure of what writes a file names it', async () => {
  const cause = failure('EACCES');
  await expect(Promise.reject(cause).catch(unwritable('a.dcm'))).rejects.toMatchObject({
    code: 'OUTPUT_UNWRITABLE',
    message: 'a.dcm',
    cause,
  });
});
