import { IncomingMessage, ServerResponse } from 'node:http';
import { Socket } from 'node:net';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { LiveStreams } from './live.ts';
import { event } from './sample.ts';
import { failed, type SampleConsole, startWithThreeResults, stored, waiting } from './sample-console.ts';
import { Worklist } from './worklist.ts';

let served: SampleConsole;
beforeAll(async () => {
  served = await startWithThreeResults();
});
afterAll(() => served?.close());

describe('live events', () => {
  test('start with the whole worklist and go on with each change, also after a new connection', async () => {
    const first = await openStream();
    const snapshot = await first.next('snapshot');
    expect(snapshot.results.map(({ key }: { key: string }) => key)).toEqual(
      expect.arrayContaining([stored, failed, waiting]),
    );
    await served.queue.events.append(event(4, { kind: 'running' }, 9));
    expect(await first.next('result')).toMatchObject({ key: event(4, { kind: 'running' }, 0).key, state: 'running' });
    first.close();
    const second = await openStream();
    expect((await second.next('snapshot')).results[0]).toMatchObject({ state: 'running' });
    second.close();
  });

  test('say every 15 seconds that they are still there: silence is a broken connection', () => {
    vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval'] });
    const streams = new LiveStreams(new Worklist());
    const response = new ServerResponse(new IncomingMessage(new Socket()));
    const write = vi.spyOn(response, 'write');
    streams.open(response, () => null);
    write.mockClear();
    vi.advanceTimersByTime(30_000);
    expect(write.mock.calls).toEqual(Array(2).fill(['event: beat\ndata: null\n\n']));
    streams.close();
    vi.useRealTimers();
  });

  async function openStream() {
    const abort = new AbortController();
    const response = await served.get('/api/events', { signal: abort.signal });
    expect(response.headers.get('content-type')).toContain('text/event-stream');
    const reader = response.body?.pipeThrough(new TextDecoderStream()).getReader();
    let text = '';
    return {
      close: () => abort.abort(),
      async next(name: string) {
        for (;;) {
          const [whole, data] = new RegExp(`event: ${name}\\ndata: (.*)\\n\\n`).exec(text) ?? [];
          if (whole && data) {
            text = text.slice(text.indexOf(whole) + whole.length);
            return JSON.parse(data);
          }
          const { value, done } = (await reader?.read()) ?? { done: true, value: undefined };
          if (done) throw new Error('the stream ended');
          text += value;
        }
      },
    };
  }
});
