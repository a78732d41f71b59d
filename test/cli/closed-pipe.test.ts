import { spawn } from 'node:child_process';
import { once } from 'node:events';
import path from 'node:path';
import { text } from 'node:stream/consumers';
import { expect, test } from 'vitest';
import { repositoryRoot } from '../support/needs.ts';

test('a reader that closes the pipe early ends the command without a stack trace', async () => {
  const bin = path.join(repositoryRoot, 'cli/bin/maskwright.mjs');
  const child = spawn(process.execPath, [bin, 'inspect', 'fixtures/phantoms'], { cwd: repositoryRoot });
  child.stdout.destroy();
  const [said, [code]] = await Promise.all([text(child.stderr), once(child, 'close')]);
  expect({ said, code }).toEqual({ said: '', code: 1 });
});
