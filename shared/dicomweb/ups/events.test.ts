import { mkdtemp, rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { datasetOf } from '@maskwright/dicom';
import nock from 'nock';
import { afterEach, describe, expect, test } from 'vitest';
import { startEmbeddedArchive } from '../embedded/server.ts';
import { readEventReport } from './event-report.ts';
import { outsideWorkItems } from './work-items.ts';

const report = (values: Parameters<typeof datasetOf>[0]) =>
  JSON.stringify(datasetOf({ AffectedSOPInstanceUID: '1.2.3', ...values }));

test.each([
  ['a state', report({ EventTypeID: 1, ProcedureStepState: 'SCHEDULED' }), { kind: 'state', state: 'SCHEDULED' }],
  ['a list of one', `[${report({ EventTypeID: 2 })}]`, { kind: 'cancel-requested' }],
  [
    'a request to cancel, whose reason is passed over',
    report({ EventTypeID: 2, ReasonForCancellation: 'wrong patient: NAME' }),
    { kind: 'cancel-requested' },
  ],
  ['progress', report({ EventTypeID: 3 }), { kind: 'other' }],
  ['a state that there is not', report({ EventTypeID: 1, ProcedureStepState: 'LOST' }), { kind: 'other' }],
])('an event report is read: %s', (_, message, expected) => {
  expect(readEventReport(message)).toEqual({ uid: '1.2.3', ...expected });
});

test.each(['', 'text', 'null', '[]', '{"00001000":{}}', report({ AffectedSOPInstanceUID: 'x' })])(
  'what is no event report is passed over: %s',
  (message) => {
    expect(readEventReport(message)).toBeUndefined();
  },
);

describe('the events of a worklist', () => {
  afterEach(() => nock.cleanAll());

  test('come over a WebSocket after a subscription, and the channel’s end is told', async () => {
    const folder = await mkdtemp(path.join(os.tmpdir(), 'events-'));
    const server = await startEmbeddedArchive({ directory: folder });
    const stop = new AbortController();
    const seen: unknown[] = [];
    const listening = (async () => {
      for await (const event of outsideWorkItems({ url: server.url }).events('ONE', stop.signal)) seen.push(event);
    })();
    await expect.poll(() => server.listeners(), { timeout: 10_000 }).toBe(1);
    // Longer than what fits the short form of a frame.
    const dataset = datasetOf({ ProcedureStepState: 'SCHEDULED', InputReadinessState: 'READY' });
    await fetch(`${server.url}/workitems?1.2.3`, { method: 'POST', body: JSON.stringify([dataset]) });
    await expect.poll(() => seen).toEqual([{ kind: 'state', uid: '1.2.3', state: 'SCHEDULED' }]);
    const failed = expect(listening).rejects.toMatchObject({ code: 'ARCHIVE_UNREACHABLE' });
    await server.close();
    await failed;
    await rm(folder, { recursive: true, force: true });
  });

  test('whoever aborts is let go', async () => {
    const folder = await mkdtemp(path.join(os.tmpdir(), 'events-'));
    const server = await startEmbeddedArchive({ directory: folder });
    const stop = new AbortController();
    const listening = Array.fromAsync(outsideWorkItems({ url: server.url }).events('ONE', stop.signal));
    await expect.poll(() => server.listeners(), { timeout: 10_000 }).toBe(1);
    stop.abort();
    expect(await listening).toEqual([]);
    await expect.poll(() => server.listeners()).toBe(0);
    await server.close();
    await rm(folder, { recursive: true, force: true });
  });

  test('a worklist that takes no subscription refuses', async () => {
    nock('http://pacs.test')
      .post(/subscribers/)
      .query(true)
      .reply(404);
    const events = outsideWorkItems({ url: 'http://pacs.test/rs' }).events('ONE', new AbortController().signal);
    await expect(Array.fromAsync(events)).rejects.toMatchObject({ code: 'ARCHIVE_REFUSED' });
  });
});
