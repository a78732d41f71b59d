import { execFile } from 'node:child_process';
import path from 'node:path';
import { promisify } from 'node:util';
import { expect, test } from 'vitest';

test('the door opens in plain Node (vitest finds more exports in CommonJS packages than Node does)', async () => {
  const door = path.join(import.meta.dirname, 'index.ts');
  const script = `const queue = await import(${JSON.stringify(door)}); process.stdout.write(Object.keys(queue).join(' '));`;
  const { stdout } = await promisify(execFile)(process.execPath, ['--input-type=module', '--eval', script]);
  expect(stdout).toContain('embeddedQueue');
  expect(stdout).toContain('kafkaQueue');
});
