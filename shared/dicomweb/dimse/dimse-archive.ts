import {
  type DataSet,
  datasetOf,
  parsePart10,
  parseUid,
  type SeriesInstanceUID,
  type SOPInstanceUID,
  type StudyInstanceUID,
  text,
} from '@maskwright/dicom';
import { MaskwrightError } from '@maskwright/errors';
import { pause } from '@maskwright/time';
import type { Archive } from '../archive.ts';
import { claimedInstances } from '../claimed-instance.ts';
import { frameOf } from '../embedded/frames.ts';
import { oneChunk, wholeInstances } from '../incoming-file.ts';
import { type Availability, CircuitBreaker, DEFAULT_BREAKER } from '../outside/availability.ts';
import { associate, failureOf, type Node } from './association.ts';
import { constants, Dataset, requests } from './library.ts';
import { halvesOf } from './part10-bytes.ts';
import { RawDataset } from './raw-dataset.ts';
import { type Receiver, receive } from './receiver.ts';

export interface DimseArchiveOptions extends Node {
  /** Port on which the PACS reaches `callingAeTitle` with what a C-MOVE asks for. */
  readonly listenPort: number;
}
export interface DimseArchive extends Archive {
  readonly availability: Availability;
  close(): void;
}

const STUDY_KEYS = ['StudyInstanceUID', 'StudyDate', 'StudyTime', 'ModalitiesInStudy', 'NumberOfStudyRelatedInstances'];
const SERIES_KEYS = [
  'SeriesInstanceUID',
  'Modality',
  'BodyPartExamined',
  'SeriesDescription',
  'NumberOfSeriesRelatedInstances',
];
const IMAGE_KEYS = ['SOPInstanceUID', 'SOPClassUID', 'InstanceNumber'];
/** Instances of one C-MOVE: so many are in memory at once. */
const AT_ONCE = 16;
/** C-STOREs of one association: the library's cost grows with their square. */
const STORED_AT_ONCE = 32;
/** Cannot understand (PS3.4 table B.2-1): what we do not send because it is broken. */
const NOT_UNDERSTOOD = 0xc000;
/**
 * What a PACS says of an object that another association is just writing: no resources (A7xx), processing failure (0110), or,
 * as DCMTK's says of whatever goes wrong, not understood (C000). Such an object is sent once more, after about this time:
 * where it is there by then, that is a success.
 */
const mayPass = (status: number) => status >> 8 === 0xa7 || status === 0x0110 || status === NOT_UNDERSTOOD;
const AGAIN_MS = 300;

type Find = InstanceType<typeof requests.CFindRequest>;

/**
 * A PACS without DICOMweb behind the archive port: C-FIND, C-MOVE and C-STORE (PS3.4 annexes B and C). Data sets pass
 * unread in both directions.
 * @throws MaskwrightError CONFIG_INVALID where the port cannot be listened on
 */
export async function dimseArchive(options: DimseArchiveOptions): Promise<DimseArchive> {
  const receiver = await receive(options.listenPort);
  const breaker = new CircuitBreaker(DEFAULT_BREAKER);
  const guarded = async (asked: Parameters<typeof associate>[1], signal?: AbortSignal): Promise<void> => {
    if (!breaker.isOpen()) throw new MaskwrightError('ARCHIVE_UNREACHABLE', 'it did not answer the last calls');
    try {
      await associate(options, asked, signal);
      breaker.answered();
    } catch (error) {
      if (error instanceof MaskwrightError && error.retryable) breaker.unanswered();
      throw error;
    }
  };
  const find = (request: Find, keys: readonly string[], signal?: AbortSignal) => findBy(guarded, request, keys, signal);

  const archive: DimseArchive = {
    availability: breaker,
    close: () => receiver.close(),

    async *searchStudies({ studyInstanceUID = '', studyDate: { from = '', to = '' } = {}, limit }, signal) {
      const dates = from || to ? `${from}-${to}` : '';
      const query = { ...blank(STUDY_KEYS), StudyInstanceUID: studyInstanceUID, StudyDate: dates };
      const found = await find(requests.CFindRequest.createStudyFindRequest(query), STUDY_KEYS, signal);
      const newestFirst = found.toSorted((a, b) => when(b).localeCompare(when(a)));
      for (const dataset of newestFirst.slice(0, limit)) {
        yield { studyInstanceUID: uidIn<StudyInstanceUID>(dataset, 'StudyInstanceUID'), dataset };
      }
    },

    async searchSeries(study, signal) {
      const query = { ...blank(SERIES_KEYS), StudyInstanceUID: study };
      const found = await find(requests.CFindRequest.createSeriesFindRequest(query), SERIES_KEYS, signal);
      return found.map((dataset) => ({
        studyInstanceUID: study,
        seriesInstanceUID: uidIn<SeriesInstanceUID>(dataset, 'SeriesInstanceUID'),
        modality: text(dataset, 'Modality'),
        dataset,
      }));
    },

    async searchInstances(study, series, signal) {
      const query = { ...blank(IMAGE_KEYS), StudyInstanceUID: study, SeriesInstanceUID: series };
      const found = await find(requests.CFindRequest.createImageFindRequest(query), IMAGE_KEYS, signal);
      return found.map((dataset) => ({
        sopInstanceUID: uidIn<SOPInstanceUID>(dataset, 'SOPInstanceUID'),
        sopClassUID: text(dataset, 'SOPClassUID'),
        dataset,
      }));
    },

    async retrieveMetadata(study, series, signal) {
      const instances = wholeInstances(archive.retrieveFiles(study, series, undefined, signal));
      return Array.fromAsync(instances, ({ dataset }) => withoutPixels(dataset));
    },

    // The metadata would be the objects themselves.
    describeInstances: (study, series, signal) => archive.searchInstances(study, series, signal),

    async *retrieveFiles(study, series, only, signal) {
      const uids =
        only ?? (await archive.searchInstances(study, series, signal)).map(({ sopInstanceUID }) => sopInstanceUID);
      for (let start = 0; start < uids.length; start += AT_ONCE) {
        const wanted = { study, series, uids: uids.slice(start, start + AT_ONCE) };
        for (const file of await move(guarded, receiver, options.callingAeTitle, wanted, signal)) {
          signal?.throwIfAborted();
          yield oneChunk(file);
        }
      }
    },

    async retrieveInstance(study, series, instance, signal) {
      const [file] = await move(guarded, receiver, options.callingAeTitle, { study, series, uids: [instance] }, signal);
      if (!file) throw new MaskwrightError('ARCHIVE_REFUSED', `${study}/${series}/${instance} did not arrive`);
      return file;
    },

    async retrieveFrames(study, series, instance, frames, signal) {
      if (frames.length === 0) return [];
      const object = parsePart10(await archive.retrieveInstance(study, series, instance, signal));
      return frames.map((frame) => {
        const part = frameOf(object, frame);
        if (part?.type === 'application/octet-stream') return part.body;
        const what = part ? 'is compressed' : 'is not there';
        throw new MaskwrightError('ARCHIVE_REFUSED', `frame ${frame} of ${study}/${series}/${instance} ${what}`);
      });
    },

    async store(files, signal) {
      signal?.throwIfAborted();
      const uids = claimedInstances(files);
      const status = new Map<number, number>();
      const send = async (indices: Iterable<number>) => {
        const asked = [...indices].flatMap((index) => {
          const request = storeRequest(files[index] ?? new Uint8Array());
          request?.on('response', (response) => status.set(index, response.getStatus()));
          return request ? [request] : [];
        });
        for (let start = 0; start < asked.length; start += STORED_AT_ONCE)
          await guarded(asked.slice(start, start + STORED_AT_ONCE), signal);
      };
      await send(files.keys());
      const again = [...status].filter(([, one]) => mayPass(one)).map(([index]) => index);
      if (again.length > 0) {
        await pause(AGAIN_MS * (0.5 + Math.random()), signal ?? new AbortController().signal);
        signal?.throwIfAborted();
        await send(again);
      }
      return uids.map((sopInstanceUID, index) => {
        const reason = status.get(index) ?? NOT_UNDERSTOOD;
        if (reason === 0) return { sopInstanceUID, stored: true };
        if (reason >> 12 === 0xb) return { sopInstanceUID, stored: true, warning: reason };
        return { sopInstanceUID, stored: false, reason };
      });
    },
  };
  return archive;
}

type Guarded = (asked: Parameters<typeof associate>[1], signal?: AbortSignal) => Promise<void>;

async function findBy(
  guarded: Guarded,
  request: Find,
  keys: readonly string[],
  signal?: AbortSignal,
): Promise<DataSet[]> {
  const found: DataSet[] = [];
  let failure: MaskwrightError | undefined;
  request.on('response', (response) => {
    failure ??= failureOf(response.getStatus(), 'C-FIND');
    const dataset = response.getStatus() === constants.Status.Pending ? response.getDataset() : undefined;
    if (dataset) found.push(datasetOf(picked(dataset.getElements(), keys)));
  });
  await guarded([request], signal);
  if (failure) throw failure;
  return found;
}

interface Wanted {
  readonly study: StudyInstanceUID;
  readonly series: SeriesInstanceUID;
  readonly uids: readonly SOPInstanceUID[];
}

/**
 * Files in the order of `uids`: asked for together by a list of UIDs (PS3.4 C.4.2.2.1), and those that a PACS then does
 * not send, alone.
 * @throws MaskwrightError ARCHIVE_REFUSED naming the first that the PACS does not send
 */
async function move(
  guarded: Guarded,
  receiver: Receiver,
  destination: string,
  { study, series, uids }: Wanted,
  signal?: AbortSignal,
): Promise<Uint8Array[]> {
  const { arrived, done } = receiver.expect(uids);
  let failure: MaskwrightError | undefined;
  const moving = (some: readonly SOPInstanceUID[]) => {
    const request = requests.CMoveRequest.createImageMoveRequest(destination, study, series, '');
    const keys = { StudyInstanceUID: study, SeriesInstanceUID: series, SOPInstanceUID: some };
    request.setDataset(new Dataset({ QueryRetrieveLevel: 'IMAGE', ...keys }));
    request.on('response', (response) => {
      failure = failureOf(response.getStatus(), `C-MOVE of ${study}/${series} to ${destination}`) ?? failure;
    });
    return request;
  };
  try {
    await guarded([moving(uids)], signal);
    const left = uids.filter((uid) => !arrived.has(uid));
    if (uids.length > 1)
      await guarded(
        left.map((uid) => moving([uid])),
        signal,
      );
  } finally {
    done();
  }
  return uids.map((uid) => {
    const file = arrived.get(uid);
    // Orthanc looks only at the instance's own UID.
    if (file && parsePart10(file).studyInstanceUID === study) return file;
    throw failure ?? new MaskwrightError('ARCHIVE_REFUSED', `${study}/${series}/${uid} did not arrive`);
  });
}

/** Undefined for a file that is broken: a PACS that takes it would hold half an object. */
function storeRequest(file: Uint8Array): InstanceType<typeof requests.CStoreRequest> | undefined {
  try {
    const { sopClassUID, sopInstanceUID, transferSyntaxUID, dataset } = halvesOf(file);
    const uids = { SOPClassUID: sopClassUID, SOPInstanceUID: sopInstanceUID };
    return new requests.CStoreRequest(new RawDataset(dataset, transferSyntaxUID, uids));
  } catch (error) {
    if (error instanceof MaskwrightError) return undefined;
    throw error;
  }
}

function blank(keys: readonly string[]): Record<string, string> {
  return Object.fromEntries(keys.map((key) => [key, '']));
}

/** Texts and numbers of an answer; the rest of it is not asked for. */
function picked(
  elements: Readonly<Record<string, unknown>>,
  keys: readonly string[],
): Record<string, string | string[]> {
  const entries = keys.flatMap((key): [string, string | string[]][] => {
    const value = elements[key];
    if (Array.isArray(value)) return [[key, value.filter((one) => typeof one === 'string')]];
    return typeof value === 'string' || typeof value === 'number' ? [[key, String(value)]] : [];
  });
  return Object.fromEntries(entries);
}

function when(dataset: DataSet): string {
  return `${text(dataset, 'StudyDate') ?? ''}${text(dataset, 'StudyTime') ?? ''}`;
}

function uidIn<Uid extends StudyInstanceUID | SeriesInstanceUID | SOPInstanceUID>(
  dataset: DataSet,
  keyword: string,
): Uid {
  return parseUid<Uid>(text(dataset, keyword), keyword);
}

function withoutPixels(dataset: DataSet): DataSet {
  return Object.fromEntries(Object.entries(dataset).filter(([tag]) => tag !== '7FE00010'));
}
