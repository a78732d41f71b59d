import { type DataSet, parsePart10, type StudyInstanceUID, text } from '@maskwright/dicom';
import { MaskwrightError } from '@maskwright/errors';
import type { Archive } from '../archive.ts';
import { frameOf } from '../embedded/frames.ts';
import { addressOf, instanceEntry, seriesEntry } from '../entries.ts';
import { oneChunk, wholeInstances } from '../incoming-file.ts';
import { type Availability, CircuitBreaker, DEFAULT_BREAKER } from '../outside/availability.ts';
import { type Associate, associate, type Node } from './association.ts';
import { blank, find } from './find.ts';
import { requests } from './library.ts';
import { move } from './move.ts';
import { receive } from './receiver.ts';
import { store } from './store.ts';

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
/**
 * A PACS without DICOMweb behind the archive port: C-FIND, C-MOVE and C-STORE (PS3.4 annexes B and C). Data sets pass
 * unread in both directions.
 * @throws MaskwrightError CONFIG_INVALID where the port cannot be listened on
 */
export async function dimseArchive(options: DimseArchiveOptions): Promise<DimseArchive> {
  const receiver = await receive(options.listenPort);
  const breaker = new CircuitBreaker(DEFAULT_BREAKER);
  const guarded: Associate = async (asked, signal) => {
    if (!breaker.isOpen()) throw new MaskwrightError('ARCHIVE_UNREACHABLE', 'it did not answer the last calls');
    try {
      const leftOut = await associate(options, asked, signal);
      breaker.answered();
      return leftOut;
    } catch (error) {
      if (error instanceof MaskwrightError && error.retryable) breaker.unanswered();
      throw error;
    }
  };

  const archive: DimseArchive = {
    availability: breaker,
    close: () => receiver.close(),

    async *searchStudies({ studyInstanceUID = '', studyDate: { from = '', to = '' } = {}, limit }, signal, onInvalid) {
      const dates = from || to ? `${from}-${to}` : '';
      const query = { ...blank(STUDY_KEYS), StudyInstanceUID: studyInstanceUID, StudyDate: dates };
      const found = await find(guarded, requests.CFindRequest.createStudyFindRequest(query), STUDY_KEYS, signal);
      const newestFirst = found.toSorted((a, b) => when(b).localeCompare(when(a)));
      for (const dataset of newestFirst.slice(0, limit)) {
        const study = addressOf<StudyInstanceUID>(dataset, 'StudyInstanceUID', onInvalid);
        if (study) yield { studyInstanceUID: study, dataset };
      }
    },

    async searchSeries(study, signal, onInvalid) {
      const query = { ...blank(SERIES_KEYS), StudyInstanceUID: study };
      const found = await find(guarded, requests.CFindRequest.createSeriesFindRequest(query), SERIES_KEYS, signal);
      return found.flatMap((dataset) => seriesEntry(study, dataset, onInvalid) ?? []);
    },

    async searchInstances(study, series, signal) {
      const query = { ...blank(IMAGE_KEYS), StudyInstanceUID: study, SeriesInstanceUID: series };
      const found = await find(guarded, requests.CFindRequest.createImageFindRequest(query), IMAGE_KEYS, signal);
      return found.map(instanceEntry);
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

    store: (files, signal) => store(guarded, files, signal),
  };
  return archive;
}

function when(dataset: DataSet): string {
  return `${text(dataset, 'StudyDate') ?? ''}${text(dataset, 'StudyTime') ?? ''}`;
}

function withoutPixels(dataset: DataSet): DataSet {
  return Object.fromEntries(Object.entries(dataset).filter(([tag]) => tag !== '7FE00010'));
}
