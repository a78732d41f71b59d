import { createRequire } from 'node:module';

/** dcmjs-dimse is a CommonJS bundle without named exports that an ES module could see; its types describe named ones. */
const library: typeof import('dcmjs-dimse') = createRequire(import.meta.url)('dcmjs-dimse');
export const { Client, Dataset, Scp, Server, constants, requests, responses, log } = library;
log.setLevel('silent');
