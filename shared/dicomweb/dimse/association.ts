import { Socket } from 'node:net';
import { MaskwrightError } from '@maskwright/errors';
import { Client, constants, type requests } from './library.ts';

/** An application entity of the PACS, and the name by which it knows us. */
export interface Node {
  readonly host: string;
  readonly port: number;
  readonly calledAeTitle: string;
  readonly callingAeTitle: string;
  readonly timeoutMs: number;
}
export type Request = InstanceType<typeof requests.Request>;
/** One association; what it gives back are the requests for which the PACS accepts no presentation context. */
export type Associate = (asked: readonly Request[], signal?: AbortSignal) => Promise<ReadonlySet<Request>>;

/**
 * One association with these requests, one after the other; resolves when it is released. A peer that closes the connection
 * before that has not answered: half a list must not be taken for a whole one, nor silence for a refusal. The library leaves
 * out a request for which the peer accepts no presentation context: those are given back.
 * @throws MaskwrightError ARCHIVE_UNREACHABLE (no connection, time-out, transient rejection, abort, closed before the last
 * answer), ARCHIVE_REFUSED (permanent rejection, e.g. an AE title that the PACS does not know)
 */
export async function associate(
  node: Node,
  asked: readonly Request[],
  signal?: AbortSignal,
): Promise<ReadonlySet<Request>> {
  signal?.throwIfAborted();
  if (asked.length === 0) return new Set();
  const where = `${node.calledAeTitle} at ${node.host}:${node.port}`;
  const client = new Client();
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  const stop = () => {
    reject(signal?.reason);
    client.abort();
  };
  signal?.addEventListener('abort', stop);
  client.on('networkError', (error: unknown) => {
    const reason = error instanceof Error ? error.message : 'the connection broke';
    reject(new MaskwrightError('ARCHIVE_UNREACHABLE', `${where}: ${reason}`));
  });
  client.on('associationRejected', ({ result }: { result: number }) => {
    const permanent = result === constants.RejectResult.Permanent;
    const code = permanent ? 'ARCHIVE_REFUSED' : 'ARCHIVE_UNREACHABLE';
    reject(new MaskwrightError(code, `${where} rejects an association with ${node.callingAeTitle}`));
  });
  client.on('abort', () => reject(new MaskwrightError('ARCHIVE_UNREACHABLE', `${where} aborted the association`)));
  const unanswered = new Set(asked);
  let released = false;
  client.on('associationReleased', () => {
    released = true;
  });
  client.on('closed', () => {
    // Some close where they should release: nothing is missing then.
    if (released || unanswered.size === 0) resolve();
    else reject(new MaskwrightError('ARCHIVE_UNREACHABLE', `${where} closed the connection before it had answered`));
  });
  client.on('connected', () => withoutDelay(client));
  for (const request of asked) {
    request.on('response', (response) => {
      if (!isPending(response.getStatus())) unanswered.delete(request);
    });
    goOnWhilePending(request);
    client.addRequest(request);
  }
  const { timeoutMs } = node;
  client.send(node.host, node.port, node.callingAeTitle, node.calledAeTitle, {
    connectTimeout: timeoutMs,
    associationTimeout: timeoutMs,
    pduTimeout: timeoutMs,
  });
  try {
    await promise;
    return unanswered;
  } finally {
    signal?.removeEventListener('abort', stop);
  }
}

/** The same of a service of the study root (PS3.4 C.6.2). @throws MaskwrightError ARCHIVE_REFUSED where the PACS does not offer it */
export async function query(
  associate: Associate,
  service: string,
  asked: readonly Request[],
  signal?: AbortSignal,
): Promise<void> {
  const leftOut = await associate(asked, signal);
  if (leftOut.size > 0)
    throw new MaskwrightError('ARCHIVE_REFUSED', `the PACS accepts no ${service} of the study root (PS3.4 C.6.2)`);
}

/**
 * The library writes command and data set one after the other and leaves Nagle's algorithm on, so that each C-STORE
 * waits 40 ms for the other side's delayed acknowledgement. It does not show its socket.
 */
function withoutDelay(client: object): void {
  const network: unknown = Reflect.get(client, 'network');
  const socket: unknown = typeof network === 'object' && network !== null ? Reflect.get(network, 'socket') : undefined;
  if (socket instanceof Socket) socket.setNoDelay(true);
}

/**
 * The library ends a request at the first status but FF00, and so drops all matches of a PACS that answers FF01: they continue,
 * and it does not support an optional key (PS3.4 C.4.1.1.4).
 */
function goOnWhilePending(request: Request): void {
  let isMoreToCome = false;
  request.on('response', (response) => {
    isMoreToCome = isPending(response.getStatus());
  });
  const end = request.raiseDoneEvent.bind(request);
  request.raiseDoneEvent = () => {
    if (!isMoreToCome) end();
  };
}

/** Of PS3.7 annex C: 0 success, Bxxx warning, FFxx pending; the others are failures, A7xx for want of resources. */
export function failureOf(status: number, what: string): MaskwrightError | undefined {
  if (status === 0 || status >> 12 === 0xb || isPending(status)) return undefined;
  const code = status >> 8 === 0xa7 ? 'ARCHIVE_UNREACHABLE' : 'ARCHIVE_REFUSED';
  return new MaskwrightError(code, `${what}: status ${status.toString(16).padStart(4, '0')}H`);
}

export function isPending(status: number): boolean {
  return status >> 8 === 0xff;
}
