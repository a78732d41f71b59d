import { MaskwrightError } from '@maskwright/errors';
import { Agent, WebSocket } from 'undici';
import type { Certificates } from '../outside/fetch.ts';

export interface ChannelOptions {
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly certificates?: Certificates | undefined;
}

/** Messages that wait for whoever listens: beyond them the channel is given up, and the worklist is asked instead. */
const MOST_WAITING = 10_000;

/**
 * The texts that come over a WebSocket, until `signal` aborts.
 * @throws MaskwrightError ARCHIVE_UNREACHABLE where it cannot be opened, or ends
 */
export async function* listen(options: ChannelOptions, signal: AbortSignal): AsyncGenerator<string> {
  if (signal.aborted) return;
  const socket = open(options);
  const waiting: string[] = [];
  let isOver = false;
  let wake: () => void = () => undefined;
  const end = () => {
    isOver = true;
    wake();
  };
  socket.addEventListener('message', ({ data }) => {
    if (typeof data === 'string') waiting.push(data);
    if (waiting.length > MOST_WAITING) end();
    wake();
  });
  socket.addEventListener('close', end);
  socket.addEventListener('error', end);
  signal.addEventListener('abort', end, { once: true });
  try {
    while (!signal.aborted) {
      const message = waiting.shift();
      if (message !== undefined) yield message;
      else if (isOver)
        throw new MaskwrightError('ARCHIVE_UNREACHABLE', `the event channel of ${placeOf(options.url)} ended`);
      else
        await new Promise<void>((resolve) => {
          wake = resolve;
        });
    }
  } finally {
    signal.removeEventListener('abort', end);
    socket.close();
  }
}

function open({ url, headers, certificates }: ChannelOptions): WebSocket {
  const { ca, cert, key } = certificates ?? {};
  const dispatcher = new Agent({
    connect: { ...(ca === undefined ? {} : { ca }), ...(cert === undefined ? {} : { cert, key }) },
  });
  return new WebSocket(url, { headers: { ...headers }, dispatcher });
}

/** Origin and path. */
function placeOf(url: string): string {
  const { origin, pathname } = new URL(url);
  return origin + pathname;
}
