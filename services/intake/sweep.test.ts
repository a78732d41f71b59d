import { datasetOf, type KeywordValues, parseUid, type StudyInstanceUID } from '@maskwright/dicom';
import { outsideArchive, type StudyQuery } from '@maskwright/dicomweb';
import nock from 'nock';
import { afterEach, describe, expect, test, vi } from 'vitest';
import { Agenda } from './agenda.ts';
import { StudyMemory, UNCOUNTED } from './memory/index.ts';
import { sweep } from './sweep.ts';

const url = 'http://pacs.test/dicom-web';
const NOW = new Date('2026-11-25T12:00:00Z');
const never = new AbortController().signal;
const uid = (index: number) => parseUid<StudyInstanceUID>(`1.2.${index}`, 'StudyInstanceUID');
const entry = (index: number, values: KeywordValues = {}) =>
  datasetOf({
    StudyInstanceUID: uid(index),
    StudyDate: '20261125',
    NumberOfStudyRelatedInstances: 2,
    ...values,
  });
afterEach(() => {
  nock.cleanAll();
  vi.useRealTimers();
});

/** A PACS that answers with these entries, whatever it is asked; keeps what it was asked. */
function pacs(answers: (query: URLSearchParams) => readonly object[]) {
  const asked: URLSearchParams[] = [];
  let query = new URLSearchParams();
  nock(url)
    .persist()
    .get('/studies')
    .query((given) => {
      query = new URLSearchParams(Object.entries(given).map(([key, value]) => [key, String(value)]));
      return true;
    })
    .reply(() => {
      asked.push(query);
      return [200, JSON.stringify(answers(query)), { 'content-type': 'application/dicom+json' }];
    });
  return asked;
}
function paged(all: readonly object[]) {
  return (query: URLSearchParams) => {
    const offset = Number(query.get('offset'));
    return all.slice(offset, offset + Number(query.get('limit')));
  };
}
async function run(memory: StudyMemory, which: { query: StudyQuery; whole: boolean }, now = NOW) {
  const agenda = new Agenda();
  const deps = { archive: outsideArchive({ url }), memory, agenda, now: () => now };
  return { ...(await sweep(deps, which, never)), agenda };
}
const whole = { query: {}, whole: true };
const since = { query: { studyDate: { from: '20261123' } }, whole: false };
const seen = (memory: StudyMemory, index: number, answer = '2') =>
  memory.studies.reconciled(uid(index), { answer, fingerprint: 's' }, NOW.getTime());

describe('a sweep', () => {
  test('puts on the agenda what is new or was changed, and nothing else, over all pages', async () => {
    const asked = pacs(paged(Array.from({ length: 250 }, (_, index) => entry(index))));
    const memory = new StudyMemory(':memory:', 'basis');
    for (let index = 0; index < 250; index++) if (index !== 7) seen(memory, index, index === 201 ? '1' : '2');
    const { listed, looks, newest, agenda } = await run(memory, whole);
    expect([listed, looks, newest, asked.length]).toEqual([250, 2, '20261125', 3]);
    const found = [agenda.take(NOW.getTime()), agenda.take(NOW.getTime())];
    expect(found).toEqual([
      { study: uid(7), answer: '2', isNamed: false },
      { study: uid(201), answer: '2', isNamed: false },
    ]);
  });

  test('asks by StudyDate, and never by StudyTime', async () => {
    const asked = pacs(() => []);
    await run(new StudyMemory(':memory:', 'basis'), since);
    expect(asked.map((query) => [query.get('StudyDate'), query.has('StudyTime')])).toEqual([['20261123-', false]]);
  });

  test('an archive that passes over StudyDate is not read to its end each time', async () => {
    const old = Array.from({ length: 5000 }, (_, index) => entry(index + 10, { StudyDate: '20200101' }));
    const asked = pacs(paged([entry(1), ...old]));
    const memory = new StudyMemory(':memory:', 'basis');
    for (let index = 0; index < 5010; index++) seen(memory, index);
    expect(await run(memory, since)).toMatchObject({ listed: 101, looks: 0 });
    expect(asked).toHaveLength(2);
    expect(await run(memory, whole)).toMatchObject({ listed: 5001 });
  });

  test('an archive that passes over includefield, and thus does not count, is asked more rarely for what rests', async () => {
    pacs(() => [datasetOf({ StudyInstanceUID: uid(1), StudyDate: '20261125' })]);
    const memory = new StudyMemory(':memory:', 'basis');
    expect(await run(memory, whole)).toMatchObject({ looks: 1 });
    seen(memory, 1, UNCOUNTED);
    const after = (seconds: number) => new Date(NOW.getTime() + seconds * 1000);
    expect(await run(memory, whole, after(29))).toMatchObject({ looks: 0 });
    expect(await run(memory, whole, after(30))).toMatchObject({ looks: 1 });
  });

  test('an entry whose StudyInstanceUID is none is counted, and hides none of those that come after it', async () => {
    pacs(() => [entry(1), entry(2, { StudyInstanceUID: 'DOE^JANE' }), entry(3)]);
    const { listed, invalid, agenda } = await run(new StudyMemory(':memory:', 'basis'), whole);
    expect([listed, invalid]).toEqual([2, 1]);
    const found = [agenda.take(NOW.getTime()), agenda.take(NOW.getTime())];
    expect(found).toMatchObject([{ study: uid(1) }, { study: uid(3) }]);
  });

  test('studies without a date, or with one that is none, are found and move no watermark', async () => {
    pacs(() => [entry(1, { StudyDate: '' }), entry(2, { StudyDate: 'yesterday' })]);
    expect(await run(new StudyMemory(':memory:', 'basis'), whole)).toMatchObject({ looks: 2, newest: undefined });
  });

  test('an archive that knows no offset is not asked for ever', async () => {
    const asked = pacs(() => Array.from({ length: 100 }, (_, index) => entry(index)));
    expect(await run(new StudyMemory(':memory:', 'basis'), whole)).toMatchObject({ listed: 100 });
    expect(asked).toHaveLength(2);
  });

  test.each([
    { title: 'of the whole list waits where the agenda is full, and tells how long', which: whole, waitedMs: 5000 },
    { title: 'of what is new does not wait for a backlog', which: since, waitedMs: 0 },
  ])('$title', async ({ which, waitedMs }) => {
    vi.useFakeTimers({ toFake: ['performance'] });
    const agenda = new Agenda(2);
    agenda.add({ study: uid(8) }, 0);
    const archive = {
      async *searchStudies() {
        yield { studyInstanceUID: uid(1), dataset: entry(1) };
      },
    };
    const deps = { archive, memory: new StudyMemory(':memory:', 'basis'), agenda, now: () => NOW };
    let isOver = false;
    const swept = sweep(deps, which, never).finally(() => {
      isOver = true;
    });
    await new Promise((resolve) => setImmediate(resolve));
    expect([isOver, agenda.size]).toEqual([waitedMs === 0, 2]);
    vi.advanceTimersByTime(5000);
    agenda.take(0);
    agenda.done(uid(8));
    expect(await swept).toMatchObject({ looks: 1, waitedMs });
  });
});
