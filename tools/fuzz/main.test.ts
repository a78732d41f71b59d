import { spawnSync } from 'node:child_process';
import path from 'node:path';
import { expect, test } from 'vitest';

test.each([
  { given: ['--minutes', 'abc'], complaint: '--minutes must be a number above 0' },
  { given: ['--minutes', '0'], complaint: '--minutes must be a number above 0' },
  { given: ['--inputs', '1.5'], complaint: '--inputs must be a whole number from 1 on' },
  { given: ['--inputs', '0'], complaint: '--inputs must be a whole number from 1 on' },
  { given: ['--seed', ''], complaint: '--seed must be a whole number from 0 on' },
  { given: ['--seconds', '5'], complaint: "Unknown option '--seconds'" },
  { given: ['5'], complaint: "Unexpected argument '5'" },
])(
  'wrong usage $given ends with 2 and says why, without a stack',
  ({ given, complaint }) => {
    const { status, stdout, stderr } = spawnSync(
      process.execPath,
      [path.join(import.meta.dirname, 'main.ts'), ...given],
      {
        encoding: 'utf8',
      },
    );
    expect({ status, stdout }).toEqual({ status: 2, stdout: '' });
    expect(stderr).toContain(complaint);
    expect(stderr).not.toMatch(/^ +at /m);
  },
  60_000,
);
