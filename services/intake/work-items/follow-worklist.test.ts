import { mkdtemp, rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { datasetOf, items, parseUid, type StudyInstanceUID, text } from '@maskwright/dicom';
import {
  type EmbeddedArchive,
  outsideArchive,
  outsideWorkItems,
  startEmbeddedArchive,
  type WorkItems,
} from '@maskwright/dicomweb';
import { MaskwrightError } from '@maskwright/errors';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { Agenda } from '../agenda.ts';
import { StudyMemory } from '../memory/index.ts';
import { followWorklist } from './follow-worklist.ts';

const study = parseUid<StudyInstanceUID>('2.25.7', 'StudyInstanceUID');
const item = parseUid('2.25.99', 'SOPInstanceUID');

let folder: string;
let server: EmbeddedArchive;
let stop: AbortController;
let warnings: string[];
beforeEach(async () => {
  folder = await mkdtemp(path.join(os.tmpdir(), 'worklist-'));
  server = await startEmbeddedArchive({ directory: folder });
  stop = new AbortController();
  warnings = [];
});
afterEach(async () => {
  stop.abort();
  await server.close();
  await rm(folder, { recursive: true, force: true });
});

/** A performer that polls once, at its start: what it does later it was told. */
function follow(workItems: WorkItems = outsideWorkItems({ url: server.url })): Promise<void> {
  const log = { info: () => undefined, warn: (_: object, message: string) => void warnings.push(message) };
  return followWorklist(
    {
      workItems,
      archive: outsideArchive({ url: server.url }),
      memory: new StudyMemory(':memory:', 'basis'),
      agenda: new Agenda(),
      // The logger's type has a dozen methods; only these are called.
      telemetry: { log: log as never },
      now: () => new Date(),
    },
    { performer: 'ONE', pollSeconds: 3600 },
    stop.signal,
  );
}
const post = async (place: string, body: unknown = undefined) =>
  (
    await fetch(`${server.url}/workitems/${place}`, {
      method: 'POST',
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    })
  ).status;
async function held() {
  const [dataset = {}] = JSON.parse(await (await fetch(`${server.url}/workitems/${item}`)).text());
  const [progress = {}] = items(dataset, 'ProcedureStepProgressInformationSequence');
  return { state: text(dataset, 'ProcedureStepState'), reason: text(progress, 'ReasonForCancellation') };
}
const create = async (uid: string = item) => {
  const dataset = datasetOf({
    ProcedureStepState: 'SCHEDULED',
    InputInformationSequence: [{ TypeOfInstances: 'DICOM', StudyInstanceUID: study }],
  });
  const status = (await fetch(`${server.url}/workitems?${uid}`, { method: 'POST', body: JSON.stringify([dataset]) }))
    .status;
  expect(status).toBe(201);
};
/** Whether a request to cancel would reach someone tells that the channel is open. */
const isListening = () => expect.poll(() => server.listeners(), { timeout: 10_000 }).toBe(1);

describe('a worklist that tells what happens on it', () => {
  test('a new item is claimed at once, and cancelled at its requester’s wish', async () => {
    const ended = follow();
    await isListening();
    await create();
    await expect.poll(held, { timeout: 10_000 }).toMatchObject({ state: 'IN PROGRESS' });
    const reason = datasetOf({ ReasonForCancellation: 'ordered for another patient' });
    expect(await post(`${item}/cancelrequest`, [reason])).toBe(202);
    await expect.poll(held, { timeout: 10_000 }).toEqual({
      state: 'CANCELED',
      reason: 'Cancelled on request; 0 results were stored before.',
    });
    expect(await post(`${item}/cancelrequest`)).toBe(409);
    stop.abort();
    await ended;
    expect(warnings).toEqual([]);
  });

  test('a request to cancel is not forgotten where it could not be met at once', async () => {
    await create();
    const workItems = outsideWorkItems({ url: server.url });
    let isAway = true;
    const changeState: WorkItems['changeState'] = async (uid, state, ...others) => {
      if (state !== 'CANCELED' || !isAway) return workItems.changeState(uid, state, ...others);
      isAway = false;
      throw new MaskwrightError('ARCHIVE_UNREACHABLE', 'it broke');
    };
    const ended = follow({ ...workItems, changeState });
    await isListening();
    await expect.poll(held, { timeout: 10_000 }).toMatchObject({ state: 'IN PROGRESS' });
    expect(await post(`${item}/cancelrequest`)).toBe(202);
    await expect.poll(() => warnings, { timeout: 10_000 }).toEqual([expect.stringContaining('it broke')]);
    // What is new on the worklist makes it look once more.
    await create('2.25.100');
    await expect.poll(held, { timeout: 10_000 }).toMatchObject({ state: 'CANCELED' });
    stop.abort();
    await ended;
  });

  test('one that takes no subscription is polled', async () => {
    await create();
    const refusing: WorkItems = {
      ...outsideWorkItems({ url: server.url }),
      // biome-ignore lint/correctness/useYield: it ends before there is anything to give
      async *events() {
        throw new MaskwrightError('ARCHIVE_REFUSED', 'http://pacs/workitems answered 404');
      },
    };
    const ended = follow(refusing);
    await expect.poll(held, { timeout: 10_000 }).toMatchObject({ state: 'IN PROGRESS' });
    await expect.poll(() => warnings).toEqual([expect.stringContaining('it is polled')]);
    stop.abort();
    await ended;
  });
});

describe('a request to cancel', () => {
  test('of an item that nobody has in hand is met by the worklist itself', async () => {
    await create();
    expect(await post(`${item}/cancelrequest`)).toBe(202);
    expect((await held()).state).toBe('CANCELED');
  });

  test('of one whose performer does not listen is in conflict', async () => {
    await create();
    const workItems = outsideWorkItems({ url: server.url });
    expect(await workItems.changeState(item, 'IN PROGRESS', '2.25.1')).toBe(true);
    expect(await post(`${item}/cancelrequest`)).toBe(409);
    expect((await held()).state).toBe('IN PROGRESS');
  });

  test.each(['2.25.1/cancelrequest', '2.25.1/subscribers/ONE'])('of what is not there: %s', async (place) => {
    expect(await post(place)).toBe(404);
  });
});
