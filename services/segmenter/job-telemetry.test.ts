import { once } from 'node:events';
import { createServer } from 'node:http';
import { Writable } from 'node:stream';
import { MaskwrightError } from '@maskwright/errors';
import { eventOf, type Job, type JobState } from '@maskwright/queue';
import { startTelemetry, type Telemetry } from '@maskwright/telemetry';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { jobTelemetry } from './job-telemetry.ts';
import { job, summary } from './sample.ts';

const lines: string[] = [];
const received: string[] = [];
const collector = createServer(async (request, response) => {
  received.push((await request.toArray()).join(''));
  response.end('{}');
});
const never = new AbortController().signal;
let telemetry: Telemetry;
beforeAll(async () => {
  await once(collector.listen(0, '127.0.0.1'), 'listening');
  const address = collector.address();
  const port = typeof address === 'object' && address ? address.port : 0;
  telemetry = startTelemetry({
    ...{ service: 'test', version: '0', logLevel: 'info', otlpUrl: `http://127.0.0.1:${port}/v1/traces` },
    logDestination: new Writable({
      write(chunk, _, done) {
        lines.push(String(chunk));
        done();
      },
    }),
  });
});
afterAll(() => void collector.close());

const catalogue = { tasks: [{ id: 'polyp' }] };
const ends = (one: Job, state: JobState) => async () => eventOf(one, state, new Date());
const fails = (error: Error) => async () => {
  throw error;
};
const duration = (outcome: string, task = 'polyp') =>
  new RegExp(`^maskwright_job_duration_count\\{.*task="${task}",outcome="${outcome}".*\\} 1$`, 'm');

describe('an attempt at a job', () => {
  const stopped = AbortSignal.abort();
  const done: JobState = { kind: 'needs-person', result: summary };
  test.each<[string, () => Promise<ReturnType<typeof eventOf>>, AbortSignal, string]>([
    ['that ends', ends(job, done), never, 'needs-person'],
    ['that fails for good', fails(new MaskwrightError('NO_PIXEL_DATA', 'none')), never, 'failed'],
    ['that is made again', fails(new MaskwrightError('ARCHIVE_UNREACHABLE', 'away')), never, 'retried'],
    ['that is stopped', fails(new DOMException('', 'AbortError')), stopped, 'stopped'],
  ])('%s takes time, which is counted in seconds', async (_, work, signal, outcome) => {
    const { attempt } = jobTelemetry(telemetry, catalogue, { system: 'kafka' });
    await attempt(job, signal, work).catch(() => undefined);
    const text = await telemetry.metricsText();
    expect(text).toMatch(duration(outcome));
    const bounds = text.matchAll(/^maskwright_job_duration_bucket\{.*outcome="(.*?)".*le="(.*?)"/gm);
    expect([...bounds].filter(([, of]) => of === outcome).map(([, , le]) => le)).toEqual(
      [0.25, 0.5, 1, 2, 5, 10, 20, 30, 60, 120, 300, 600, 1800, '+Inf'].map(String),
    );
  });

  test('that has failed has its trace in what is said of it later', async () => {
    const one = { ...job };
    const { attempt, say } = jobTelemetry(telemetry, catalogue, { system: 'kafka' });
    let during: string | undefined;
    const work = async () => {
      during = telemetry.traceparent()?.split('-')[1];
      throw new MaskwrightError('ARCHIVE_UNREACHABLE', 'away');
    };
    await expect(attempt(one, never, work)).rejects.toThrow('away');
    say('warn', one, { delayMs: 1 }, 'the job is tried again');
    expect(during).toMatch(/^[0-9a-f]{32}$/);
    expect(JSON.parse(lines.at(-1) ?? '')).toMatchObject({ traceId: during, key: job.key, delayMs: 1 });
  });

  test('at a task that the catalogue does not have shows none of its words', async () => {
    const odd = { ...job, task: 'jane-doe' };
    const { attempt, ended } = jobTelemetry(telemetry, catalogue, { system: 'kafka' });
    await attempt(odd, never, async () => {
      const event = eventOf(odd, { kind: 'failed', code: 'TASK_UNKNOWN', reason: '' }, new Date());
      ended(event);
      return event;
    });
    const text = await telemetry.metricsText();
    expect(text).toMatch(/^maskwright_jobs_total\{.*task="unknown".*\} 1$/m);
    expect(text + lines.join('')).not.toContain('jane-doe');
  });

  test('is the work of a consumer of messages', async () => {
    await telemetry.shutdown();
    const all = received.join('');
    expect(all).toMatch(/"name":"segmenter job","kind":5/);
    expect(all).toContain('{"key":"messaging.system","value":{"stringValue":"kafka"}}');
    expect(all).not.toContain('jane-doe');
  });
});
