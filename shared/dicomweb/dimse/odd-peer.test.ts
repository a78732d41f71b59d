import { parseUid, type SeriesInstanceUID, type StudyInstanceUID } from '@maskwright/dicom';
import type { Scp as Peer } from 'dcmjs-dimse';
import { afterEach, describe, expect, test } from 'vitest';
import { freePorts } from '../../../test/support/free-ports.ts';
import { sampleInstance } from '../contract.ts';
import { type DimseArchive, dimseArchive } from './dimse-archive.ts';
import { constants, Dataset, responses, Scp, Server } from './library.ts';

interface Behaviour {
  /** Statuses of C-STOREs, one after the other; the last for all others. */
  readonly stores?: readonly number[];
  /** So many matches of a C-FIND, and then the connection is closed. */
  readonly closesAfter?: number;
  /** Statuses of a C-FIND, one after the other, those that are pending with a match; the connection stays. */
  readonly finds?: readonly number[];
  /** What each match holds; default: an instance of its own. */
  readonly matches?: readonly Readonly<Record<string, string>>[];
  /** Whether it accepts any presentation context. */
  readonly accepts?: boolean;
}

const EXPLICIT = '1.2.840.10008.1.2.1';
const opened: { close(): void }[] = [];
afterEach(() => {
  for (const one of opened.splice(0)) one.close();
});

/** A PACS that misbehaves, and what we speak to it with. */
async function beside({ stores = [0], closesAfter = 0, finds, matches, accepts = true }: Behaviour) {
  const port = await freePorts(2);
  const asked: string[] = [];

  class OddPeer extends Scp {
    readonly #close: () => void;
    constructor(...args: ConstructorParameters<typeof Peer>) {
      super(...args);
      this.#close = () => void args[0].end();
    }
    override associationRequested(association: Parameters<Peer['associationRequested']>[0]): void {
      for (const { id } of association.getPresentationContexts()) {
        const context = association.getPresentationContext(id);
        if (!accepts) {
          context.setResult(constants.PresentationContextResult.RejectAbstractSyntaxNotSupported);
          continue;
        }
        const offered = context.getTransferSyntaxUids();
        const syntax = offered.includes(EXPLICIT) ? EXPLICIT : offered[0];
        context.setResult(constants.PresentationContextResult.Accept, syntax);
      }
      this.sendAssociationAccept();
    }
    override associationReleaseRequested(): void {
      this.sendAssociationReleaseResponse();
    }
    override cStoreRequest(
      request: Parameters<Peer['cStoreRequest']>[0],
      callback: Parameters<Peer['cStoreRequest']>[1],
    ): void {
      const response = responses.CStoreResponse.fromRequest(request);
      response.setStatus(stores[Math.min(asked.length, stores.length - 1)] ?? 0);
      asked.push(request.getAffectedSopInstanceUid());
      callback(response);
    }
    override cFindRequest(
      request: Parameters<Peer['cFindRequest']>[0],
      callback: Parameters<Peer['cFindRequest']>[1],
    ): void {
      const statuses = finds ?? Array<number>(closesAfter).fill(constants.Status.Pending);
      const answers = statuses.map((status, index) => {
        const response = responses.CFindResponse.fromRequest(request);
        response.setStatus(status);
        if (status >> 8 === 0xff)
          response.setDataset(
            new Dataset(matches?.[index] ?? { SOPInstanceUID: `1.2.3.${index}`, SOPClassUID: '1.2.3' }),
          );
        return response;
      });
      callback(answers);
      if (!finds) this.#close();
    }
  }

  const server = new Server(OddPeer);
  server.on('networkError', () => undefined);
  server.listen(port);
  const archive: DimseArchive = await dimseArchive({
    ...{ host: '127.0.0.1', port, listenPort: port + 1, timeoutMs: 5_000 },
    ...{ calledAeTitle: 'PACS', callingAeTitle: 'MASKWRIGHT' },
  });
  opened.push(server, archive);
  return { archive, asked };
}

const sample = sampleInstance('odd peer');

describe('an object that the PACS does not take', () => {
  test.each([
    ['not understood at first (C000)', [0xc000, 0], { stored: true }, 2],
    ['no resources at first (A700)', [0xa700, 0], { stored: true }, 2],
    ['processing failure at first (0110)', [0x0110, 0], { stored: true }, 2],
    ['not understood, again', [0xc000], { stored: false, reason: 0xc000 }, 2],
    ['not of its class (A900): that does not pass', [0xa900, 0], { stored: false, reason: 0xa900 }, 1],
    ['duplicate, which is a warning (B007)', [0xb007, 0], { stored: true, warning: 0xb007 }, 1],
  ])('%s', async (_, stores, outcome, times) => {
    const { archive, asked } = await beside({ stores });
    expect(await archive.store([sample.file])).toEqual([{ sopInstanceUID: sample.instance, ...outcome }]);
    expect(asked).toEqual(Array(times).fill(sample.instance));
  });

  test('is sent once more alone: what was stored beside it is not', async () => {
    const other = sampleInstance('beside the odd peer');
    const { archive, asked } = await beside({ stores: [0, 0xc000, 0] });
    expect(await archive.store([sample.file, other.file])).toMatchObject([{ stored: true }, { stored: true }]);
    expect(asked).toEqual([sample.instance, other.instance, other.instance]);
  });

  test('is not sent once more when we are told to stop', async () => {
    const { archive, asked } = await beside({ stores: [0xc000] });
    const stop = new AbortController();
    const storing = archive.store([sample.file], stop.signal);
    const stopped = expect(storing).rejects.toThrow('stopped');
    while (asked.length === 0) await new Promise((resolve) => setImmediate(resolve));
    stop.abort(new Error('stopped'));
    await stopped;
    expect(asked).toHaveLength(1);
  });
});

const study = parseUid<StudyInstanceUID>('1.2.3', 'study');
const series = parseUid<SeriesInstanceUID>('1.2.3.4', 'series');

describe('a PACS that accepts no presentation context', () => {
  test('is no PACS without matches', async () => {
    const { archive } = await beside({ accepts: false });
    await expect(archive.searchInstances(study, series)).rejects.toMatchObject({
      code: 'ARCHIVE_REFUSED',
      message: expect.stringContaining('accepts no C-FIND'),
    });
  });

  test('sends nothing', async () => {
    const { archive } = await beside({ accepts: false });
    await expect(archive.retrieveInstance(study, series, sample.instance)).rejects.toMatchObject({
      code: 'ARCHIVE_REFUSED',
      message: expect.stringContaining('accepts no C-MOVE'),
    });
  });

  test('does not support what it is sent (0122)', async () => {
    const { archive, asked } = await beside({ accepts: false });
    const refused = { sopInstanceUID: sample.instance, stored: false, reason: 0x0122 };
    expect(await archive.store([sample.file])).toEqual([refused]);
    expect(asked).toEqual([]);
  });
});

describe('a PACS that supports no optional key (FF01)', () => {
  test.each([
    ['of every match', [0xff01, 0xff01, 0xff01, 0], 3],
    ['of one match', [0xff01, 0], 1],
    ['of some matches', [0xff00, 0xff01, 0xff00, 0], 3],
  ])('has the matches all the same: told %s', async (_, finds, found) => {
    const { archive } = await beside({ finds });
    expect(await archive.searchInstances(study, series)).toHaveLength(found);
  });

  test('may fail in the end as another does', async () => {
    const { archive } = await beside({ finds: [0xff01, 0xa700] });
    await expect(archive.searchInstances(study, series)).rejects.toMatchObject({
      code: 'ARCHIVE_UNREACHABLE',
      message: expect.stringContaining('a700H'),
    });
  });
});

describe('a match without a usable UID, between two good ones,', () => {
  const PENDING = [0xff00, 0xff00, 0xff00, 0];
  const matches = (keyword: string) => ['1.2.1', 'DOE^JANE', '1.2.3'].map((uid) => ({ [keyword]: uid }));
  const search = {
    StudyInstanceUID: (archive: DimseArchive, onInvalid: (reason: string) => void) =>
      Array.fromAsync(archive.searchStudies({}, undefined, onInvalid), (entry) => entry.studyInstanceUID),
    SeriesInstanceUID: async (archive: DimseArchive, onInvalid: (reason: string) => void) =>
      (await archive.searchSeries(study, undefined, onInvalid)).map((entry) => entry.seriesInstanceUID),
  };

  test.each(['StudyInstanceUID', 'SeriesInstanceUID'] as const)(
    'is told without its value and passed over: %s',
    async (keyword) => {
      const { archive } = await beside({ finds: PENDING, matches: matches(keyword) });
      const told: string[] = [];
      const uids = await search[keyword](archive, (reason) => told.push(reason));
      expect(uids).toEqual(['1.2.1', '1.2.3']);
      expect(told).toEqual([expect.stringMatching(`^DICOM_MALFORMED: invalid UID: ${keyword} is not a UID`)]);
    },
  );

  test('fails a search for instances: the series is not whole without it', async () => {
    const { archive } = await beside({ finds: PENDING, matches: matches('SOPInstanceUID') });
    await expect(archive.searchInstances(study, series)).rejects.toMatchObject({ code: 'DICOM_MALFORMED' });
  });
});

describe('a PACS that closes the connection before it has answered', () => {
  test.each([0, 2])('after %i matches is unreachable: what it has sent is no list', async (closesAfter) => {
    const { archive } = await beside({ closesAfter });
    await expect(archive.searchInstances(study, series)).rejects.toMatchObject({
      code: 'ARCHIVE_UNREACHABLE',
      message: expect.stringContaining('before it had answered'),
    });
  });
});
