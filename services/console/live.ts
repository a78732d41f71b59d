import type { ServerResponse } from 'node:http';
import type { Worklist, WorklistEntry } from './worklist.ts';

const HEARTBEAT_MS = 15_000;
const MOST_STREAMS = 200;
/** A reader that is this far behind is cut off; it comes back and starts from a new snapshot. */
const MOST_BEHIND_BYTES = 4 << 20;

/**
 * Server-sent events: first the whole worklist, then each change. A browser that reconnects gets the whole again, so that
 * nothing is missed however long it was away.
 */
export class LiveStreams {
  readonly #open = new Set<ServerResponse>();
  readonly #worklist: Worklist;
  readonly #heartbeat: NodeJS.Timeout;
  constructor(worklist: Worklist) {
    this.#worklist = worklist;
    this.#heartbeat = setInterval(() => this.#toAll(message('beat', null)), HEARTBEAT_MS);
    this.#heartbeat.unref();
  }

  /** @returns false where too many are open */
  open(response: ServerResponse, show: (entry: WorklistEntry) => unknown): boolean {
    if (this.#open.size >= MOST_STREAMS) return false;
    response.writeHead(200, {
      'content-type': 'text/event-stream; charset=utf-8',
      'cache-control': 'no-store, no-transform',
      'x-accel-buffering': 'no',
    });
    const { entries, truncated } = this.#worklist.list();
    response.write(`retry: 2000\n\n${message('snapshot', { results: entries.map(show), truncated })}`);
    const unsubscribe = this.#worklist.onChange((entry) => this.#send(response, message('result', show(entry))));
    this.#open.add(response);
    response.on('close', () => {
      unsubscribe();
      this.#open.delete(response);
    });
    return true;
  }

  close(): void {
    clearInterval(this.#heartbeat);
    for (const response of this.#open) response.end();
  }

  #toAll(chunk: string): void {
    for (const response of this.#open) this.#send(response, chunk);
  }
  #send(response: ServerResponse, chunk: string): void {
    if (response.writableLength > MOST_BEHIND_BYTES) response.destroy();
    else response.write(chunk);
  }
}

function message(event: string, data: unknown): string {
  return `event: ${event}\ndata: ${JSON.stringify(data)}\n\n`;
}
