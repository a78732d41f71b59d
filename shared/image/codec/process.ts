/**
 * The process in which codestreams are decoded, one at a time: started by `pool.ts`, without a right to write, to open
 * connections or to start anything. A decoder that failed may be broken in any way, so the process ends with it.
 */
import { decodeCodestream } from './decoders.ts';
import type { DecodeReply, DecodeRequest } from './message.ts';

process.on('message', async (request: DecodeRequest) => {
  try {
    reply({ decoded: await decodeCodestream(request) });
  } catch (error) {
    reply({ failure: error instanceof Error ? error.message : 'the decoder refuses it' }, () => process.exit(1));
  }
});
process.on('disconnect', () => process.exit(0));
// Decoders print on what they do not like; it is told in the reply.
console.log = console.warn = console.error = () => undefined;

reply({ ready: true });

function reply(message: DecodeReply, then: () => void = () => undefined): void {
  process.send?.(message, undefined, undefined, then);
}
