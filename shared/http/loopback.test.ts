import { expect, test } from 'vitest';
import { isAddressedToLoopback, isLoopback } from './loopback.ts';

test.each([
  ['localhost', true],
  ['localhost:8042', true],
  ['LocalHost:8042', true],
  ['127.0.0.1:8042', true],
  ['127.1.2.3', true],
  ['[::1]:8042', true],
  ['127.evil.example', false],
  ['127.0.0.1.evil.example:8042', false],
  ['localhost.evil.example', false],
  ['127.0.0.256', false],
  ['128.0.0.1', false],
  ['[::2]:8042', false],
  ['', false],
  [undefined, false],
])('a request to the host %s is addressed to this machine itself: %s', (host, expected) => {
  expect(isAddressedToLoopback(host)).toBe(expected);
});

test.each([
  ['127.0.0.1', true],
  ['localhost', true],
  ['::1', true],
  ['0.0.0.0', false],
  ['::', false],
  ['10.0.0.7', false],
  ['127.archive.example', false],
])('who listens on %s is reached from this machine only: %s', (host, expected) => {
  expect(isLoopback(host)).toBe(expected);
});
