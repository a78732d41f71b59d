import { MaskwrightError } from '@maskwright/errors';
import { describe, expect, test } from 'vitest';
import { judge } from './verdict.ts';

const abort = new DOMException('stopped', 'AbortError');
const retryable = new MaskwrightError('ARCHIVE_UNREACHABLE', 'no answer');
const permanent = new MaskwrightError('NO_PIXEL_DATA', 'no pixels');
const wrappedAbort = new MaskwrightError('ARCHIVE_REFUSED', 'gave up', { cause: new Error('x', { cause: abort }) });

describe('the verdict on a failed job', () => {
  test.each([
    ['retryable', retryable, false, { kind: 'retry', error: retryable }],
    ['permanent', permanent, false, { kind: 'dead', code: 'NO_PIXEL_DATA', reason: 'no pixels' }],
    ['a fault of ours', new TypeError('x'), false, { kind: 'dead', code: 'UNEXPECTED', reason: 'TypeError: x' }],
    ['no error at all', 'x', false, { kind: 'dead', code: 'UNEXPECTED', reason: 'x' }],
    [
      'an abort that nobody asked for',
      abort,
      false,
      { kind: 'dead', code: 'UNEXPECTED', reason: 'AbortError: stopped' },
    ],
    ['an abort on demand', abort, true, { kind: 'release' }],
    ['an abort in other clothes', wrappedAbort, true, { kind: 'release' }],
    ['retryable while stopping', retryable, true, { kind: 'release' }],
    ['permanent while stopping', permanent, true, { kind: 'dead', code: 'NO_PIXEL_DATA', reason: 'no pixels' }],
  ])('%s', (_title, error, stopping, verdict) => {
    expect(judge(error, stopping)).toEqual(verdict);
  });
});
