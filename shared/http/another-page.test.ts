import { expect, test } from 'vitest';
import { isFromAnotherPage } from './another-page.ts';

const host = 'localhost:8042';

test.each([
  ['a program that is no browser', {}, undefined, false],
  ['our own page', { origin: `http://${host}`, 'sec-fetch-site': 'same-origin' }, undefined, false],
  ['our own page behind a proxy that ends TLS', { origin: `https://${host}` }, undefined, false],
  ['our own page, by a name in capitals', { origin: `http://${host}`, host: 'LOCALHOST:8042' }, undefined, false],
  ['a page elsewhere', { origin: 'https://evil.example' }, undefined, true],
  ['a page of another port', { origin: 'http://localhost:3000' }, undefined, true],
  ['a file or a sandboxed frame', { origin: 'null' }, undefined, true],
  ['a browser that keeps the origin to itself', { 'sec-fetch-site': 'cross-site' }, undefined, true],
  ['a page of the same site', { 'sec-fetch-site': 'same-site' }, undefined, true],
  [
    'a viewer that is trusted',
    { origin: 'http://localhost:3000', 'sec-fetch-site': 'same-site' },
    'http://localhost:3000',
    false,
  ],
  ['a page beside the viewer that is trusted', { origin: 'http://localhost:3001' }, 'http://localhost:3000', true],
])('a request of %s', (_, headers, trusted, expected) => {
  expect(isFromAnotherPage({ host, ...headers }, trusted)).toBe(expected);
});
