import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, test } from 'vitest';
import { parseDeadLetter, parseJob, parseJobEvent, parseStudyNotice } from './messages.ts';

const folder = path.join(import.meta.dirname, 'golden');
const files = readdirSync(folder).filter((name) => name.endsWith('.json'));
const parsers: Readonly<Record<string, (message: Uint8Array) => object>> = {
  job: parseJob,
  'study-notice': parseStudyNotice,
  event: parseJobEvent,
  'dead-letter': parseDeadLetter,
};

describe('messages of earlier versions', () => {
  test.each(files)('%s is read, and nothing of it is lost', (name) => {
    const bytes = readFileSync(path.join(folder, name));
    const [, kind = ''] = /^(.+?)-\d+(-.*)?\.json$/.exec(name) ?? [];
    expect(parsers[kind]?.(bytes)).toMatchObject(JSON.parse(bytes.toString('utf8')));
  });

  test('the files of version 1 are those that were committed first', () => {
    const digest = createHash('sha256');
    for (const name of files.filter((one) => /-[01][-.]/.test(one)).sort())
      digest.update(`${name}\n`).update(readFileSync(path.join(folder, name)));
    expect(digest.digest('hex')).toBe('6647b1ed6548279db6e4d13611cf2e98d536d205039a26e83c5d5766b0c7acc5');
  });
});
