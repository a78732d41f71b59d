import { type DataSet, type Instance, parsePart10, parseUid, text } from '@maskwright/dicom';
import { MaskwrightError } from '@maskwright/errors';
import { api } from 'dicomweb-client';
import type { Archive, InstanceEntry, SeriesEntry, StudyEntry, StudyQuery } from '../archive.ts';
import { type CallOptions, call, type Refusal } from './call.ts';
import type { FetchRequest } from './fetch-request.ts';
import { storeOutcomes } from './store-outcomes.ts';

export interface OutsideArchiveOptions {
  /** DICOMweb root, e.g. http://pacs:8042/dicom-web */
  readonly url: string;
  readonly auth?:
    | { readonly kind: 'basic'; readonly username: string; readonly password: string }
    | { readonly kind: 'bearer'; readonly token: string };
  /** For one request; default 60 s. */
  readonly timeoutMs?: number;
  /** Added to each request, e.g. the trace context. */
  readonly headers?: () => Readonly<Record<string, string>>;
}

/** Studies asked for at once; the next page is fetched when these are consumed. */
const PAGE = 100;
/** Instances fetched ahead of the one in hand: hides the PACS' latency, bounds memory. */
const AHEAD = 4;
/** Every transfer syntax: the object as it is stored, not transcoded. */
const AS_STORED = 'multipart/related; type="application/dicom"; transfer-syntax=*';
const NATIVE_FRAMES = [{ mediaType: 'application/octet-stream', transferSyntaxUID: '1.2.840.10008.1.2.1' }];
const STUDY_FIELDS = 'StudyInstanceUID,StudyDate,StudyTime,ModalitiesInStudy,NumberOfStudyRelatedInstances';
const SERIES_FIELDS = 'Modality,BodyPartExamined,SeriesDescription,NumberOfSeriesRelatedInstances';

/** A DICOMweb PACS, through dicomweb-client. */
export function outsideArchive(options: OutsideArchiveOptions): Archive {
  const client = new api.DICOMwebClient({ url: options.url.replace(/\/+$/, ''), verbose: false });
  const limits: CallOptions = {
    timeoutMs: options.timeoutMs ?? 60_000,
    headers: () => ({ ...authorization(options.auth), ...options.headers?.() }),
  };
  const json = (request: FetchRequest) => ({ request: { instance: request, responseType: 'json' } });
  const search = async (work: (request: FetchRequest) => Promise<unknown>, signal?: AbortSignal) =>
    dataSets(await call(limits, work, signal, [404]));

  const archive: Archive = {
    async *searchStudies(query, signal) {
      let left = query.limit ?? Number.POSITIVE_INFINITY;
      for (let offset = 0; left > 0; offset += PAGE) {
        const limit = Math.min(PAGE, left);
        const queryParams = { ...studyQuery(query), limit: String(limit), offset: String(offset) };
        const page = await search((request) => client.searchForStudies({ queryParams, ...json(request) }), signal);
        yield* page.map(studyEntry);
        left -= page.length;
        if (page.length < limit) return;
      }
    },

    async searchSeries(study, signal) {
      const queryParams = { includefield: SERIES_FIELDS };
      const found = await search(
        (request) => client.searchForSeries({ studyInstanceUID: study, queryParams, ...json(request) }),
        signal,
      );
      return found.map((dataset): SeriesEntry => {
        const seriesInstanceUID = parseUid<SeriesEntry['seriesInstanceUID']>(
          text(dataset, 'SeriesInstanceUID'),
          'SeriesInstanceUID',
        );
        return { studyInstanceUID: study, seriesInstanceUID, modality: text(dataset, 'Modality'), dataset };
      });
    },

    async searchInstances(study, series, signal) {
      const found = await search(
        (request) =>
          client.searchForInstances({ studyInstanceUID: study, seriesInstanceUID: series, ...json(request) }),
        signal,
      );
      return found.map(
        (dataset): InstanceEntry => ({
          sopInstanceUID: parseUid(text(dataset, 'SOPInstanceUID'), 'SOPInstanceUID'),
          sopClassUID: text(dataset, 'SOPClassUID') ?? '',
          dataset,
        }),
      );
    },

    async retrieveMetadata(study, series, signal) {
      return search(
        (request) =>
          client.retrieveSeriesMetadata({ studyInstanceUID: study, seriesInstanceUID: series, ...json(request) }),
        signal,
      );
    },

    async *retrieveInstances(study, series, signal) {
      const entries = await archive.searchInstances(study, series, signal);
      const fetching: Promise<Instance>[] = [];
      const next = entries.values();
      const fetchNext = () => {
        const { value } = next.next();
        if (!value) return;
        const fetched = archive.retrieveInstance(study, series, value.sopInstanceUID, signal).then(parsePart10);
        // Whoever consumes it sees the rejection; one that is never consumed must not end the process.
        fetched.catch(() => undefined);
        fetching.push(fetched);
      };
      for (let i = 0; i < AHEAD; i++) fetchNext();
      while (true) {
        const first = fetching.shift();
        if (!first) return;
        fetchNext();
        yield await first;
      }
    },

    async retrieveInstance(study, series, instance, signal) {
      const answer = await call(
        limits,
        (request) =>
          client.retrieveInstance({
            studyInstanceUID: study,
            seriesInstanceUID: series,
            sopInstanceUID: instance,
            request: { instance: request.acceptOnly(AS_STORED) },
          }),
        signal,
      );
      return bytesOf(Array.isArray(answer) ? answer[0] : answer);
    },

    async retrieveFrames(study, series, instance, frames, signal) {
      const answer = await call(
        limits,
        (request) =>
          client.retrieveInstanceFrames({
            studyInstanceUID: study,
            seriesInstanceUID: series,
            sopInstanceUID: instance,
            frameNumbers: frames,
            mediaTypes: NATIVE_FRAMES,
            request: { instance: request },
          }),
        signal,
      );
      if (!Array.isArray(answer)) throw new MaskwrightError('DICOM_MALFORMED', 'the answer holds no frames');
      return answer.map(bytesOf);
    },

    async store(files, signal) {
      const answer = await call(
        limits,
        (request) => client.storeInstances({ datasets: files.map(ownBuffer), ...json(request) }),
        signal,
        [400, 409],
      );
      return storeOutcomes(files, isRefusal(answer) ? answer.body : answer);
    },
  };
  return archive;
}

function authorization(auth: OutsideArchiveOptions['auth']): Record<string, string> {
  if (!auth) return {};
  const token =
    auth.kind === 'bearer'
      ? `Bearer ${auth.token}`
      : `Basic ${Buffer.from(`${auth.username}:${auth.password}`).toString('base64')}`;
  return { authorization: token };
}

function studyQuery({ studyInstanceUID, studyDate }: StudyQuery): Record<string, string> {
  return {
    includefield: STUDY_FIELDS,
    ...(studyInstanceUID ? { StudyInstanceUID: studyInstanceUID } : {}),
    ...(studyDate ? { StudyDate: `${studyDate.from ?? ''}-${studyDate.to ?? ''}` } : {}),
  };
}

function studyEntry(dataset: DataSet): StudyEntry {
  return { studyInstanceUID: parseUid(text(dataset, 'StudyInstanceUID'), 'StudyInstanceUID'), dataset };
}

function isRefusal(answer: unknown): answer is Refusal {
  return typeof answer === 'object' && answer !== null && 'status' in answer && 'body' in answer;
}

/** Data sets of a QIDO-RS or metadata answer; what is tolerated as "nothing there" is an empty list. */
function dataSets(answer: unknown): DataSet[] {
  if (isRefusal(answer)) return [];
  if (!Array.isArray(answer)) throw new MaskwrightError('DICOM_MALFORMED', 'the answer is not a list of data sets');
  return answer.filter((one): one is DataSet => typeof one === 'object' && one !== null);
}

function bytesOf(part: unknown): Uint8Array {
  if (part instanceof ArrayBuffer) return new Uint8Array(part);
  if (part instanceof Uint8Array) return part;
  throw new MaskwrightError('DICOM_MALFORMED', 'the answer holds no object');
}

function ownBuffer(bytes: Uint8Array): ArrayBuffer {
  return Uint8Array.from(bytes).buffer;
}
