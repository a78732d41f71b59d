import { createRequire } from 'node:module';

/** dcmjs-dimse is a CommonJS bundle without named exports that an ES module could see; its types describe named ones. */
const library: typeof import('dcmjs-dimse') = createRequire(import.meta.url)('dcmjs-dimse');
export const { Client, Dataset, Scp, Server, constants, requests, responses, log } = library;
log.setLevel('silent');

/** Its own dcmjs prints elements that it does not know, with their values. */
const own: typeof import('dcmjs').default = createRequire(createRequire(import.meta.url).resolve('dcmjs-dimse'))(
  'dcmjs',
);
for (const logger of [own.log, own.log.getLogger('validation.dcmjs')]) logger.setLevel('silent');
