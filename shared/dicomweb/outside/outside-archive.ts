import type { SOPInstanceUID, StudyInstanceUID } from '@maskwright/dicom';
import { api } from 'dicomweb-client';
import type { Archive, StudyQuery } from '../archive.ts';
import { claimedInstances } from '../claimed-instance.ts';
import { addressOf, instanceEntry, seriesEntry } from '../entries.ts';
import { oneChunk } from '../incoming-file.ts';
import { fetchAhead } from './ahead.ts';
import { type Availability, CircuitBreaker, type CircuitBreakerOptions, DEFAULT_BREAKER } from './availability.ts';
import { type CallOptions, call } from './call.ts';
import { type Authentication, accountOf, rootOf } from './connection.ts';
import { type Certificates, fetchOver } from './fetch.ts';
import type { FetchRequest } from './fetch-request.ts';
import { ownOriginOnly } from './own-origin.ts';
import { type Paging, pages, saysThereAreMore } from './pages.ts';
import { rateLimit, unlimited } from './rate-limit.ts';
import { dataSets, framesIn, isUnknown, onlyObject } from './read-answer.ts';
import { speaksOfInstances, storeOutcomes } from './store-outcomes.ts';
import { callForFiles } from './stream-call.ts';

export interface OutsideArchiveOptions {
  /** DICOMweb root, e.g. http://pacs:8042/dicom-web */
  readonly url: string;
  readonly auth?: Authentication;
  /** For one request; default 60 s. */
  readonly timeoutMs?: number;
  /** Added to each request, e.g. the trace context. */
  readonly headers?: () => Readonly<Record<string, string>>;
  readonly certificates?: Certificates | undefined;
  /** Calls a second; default: as fast as it answers. */
  readonly requestsPerSecond?: number | undefined;
  readonly breaker?: CircuitBreakerOptions;
}

export interface OutsideArchive extends Archive {
  readonly availability: Availability;
}

/** Entries asked for at once; the next page is fetched when these are consumed. */
const STUDIES = { pageSize: 100, key: 'StudyInstanceUID' };
const SERIES = { pageSize: 100, key: 'SeriesInstanceUID' };
const INSTANCES = { pageSize: 500, key: 'SOPInstanceUID' };
/** Instances fetched ahead of the one in hand. */
const AHEAD = 4;
/** Every transfer syntax: the object as it is stored, not transcoded. */
const AS_STORED = 'multipart/related; type="application/dicom"; transfer-syntax=*';
const NATIVE_FRAMES = [{ mediaType: 'application/octet-stream', transferSyntaxUID: '1.2.840.10008.1.2.1' }];
const STUDY_FIELDS = 'StudyInstanceUID,StudyDate,StudyTime,ModalitiesInStudy,NumberOfStudyRelatedInstances';
const SERIES_FIELDS = 'Modality,BodyPartExamined,SeriesDescription,NumberOfSeriesRelatedInstances';

type QueryParams = Readonly<Record<string, string>>;

/**
 * A DICOMweb PACS, through dicomweb-client.
 * @throws MaskwrightError CONFIG_INVALID where the URL cannot be used
 */
export function outsideArchive(options: OutsideArchiveOptions): OutsideArchive {
  const root = rootOf(options.url);
  const client = new api.DICOMwebClient({ url: root, verbose: false });
  const fetch = fetchOver(options.certificates);
  const breaker = new CircuitBreaker(options.breaker ?? DEFAULT_BREAKER);
  const limits: CallOptions = {
    timeoutMs: options.timeoutMs ?? 60_000,
    fetch: ownOriginOnly(root, fetch),
    account: accountOf(options.auth, fetch),
    headers: options.headers ?? (() => ({})),
    breaker,
    rate: options.requestsPerSecond === undefined ? unlimited : rateLimit(options.requestsPerSecond),
  };
  const json = (request: FetchRequest) => ({ request: { instance: request, responseType: 'json' } });
  const search = (
    paging: Paging,
    query: QueryParams,
    work: (request: FetchRequest, queryParams: QueryParams) => Promise<unknown>,
    signal: AbortSignal | undefined,
    tolerate: (status: number) => boolean,
  ) =>
    pages(paging, (limit, offset) => {
      const queryParams = { ...query, limit: String(limit), offset: String(offset) };
      return call(
        limits,
        (request) => work(request, queryParams),
        (answer) => ({ entries: dataSets(answer), cut: saysThereAreMore(answer) }),
        signal,
        tolerate,
      );
    });

  const archive: OutsideArchive = {
    availability: breaker,

    async *searchStudies({ limit, ...query }, signal, onInvalid) {
      const found = search(
        { ...STUDIES, limit },
        studyQuery(query),
        (request, queryParams) => client.searchForStudies({ queryParams, ...json(request) }),
        signal,
        // Here 404 is no answer: the URL of the archive is wrong, which must not look like an empty archive.
        () => false,
      );
      for await (const dataset of found) {
        const studyInstanceUID = addressOf<StudyInstanceUID>(dataset, 'StudyInstanceUID', onInvalid);
        if (studyInstanceUID) yield { studyInstanceUID, dataset };
      }
    },

    async searchSeries(study, signal, onInvalid) {
      const found = search(
        SERIES,
        { includefield: SERIES_FIELDS },
        (request, queryParams) => client.searchForSeries({ studyInstanceUID: study, queryParams, ...json(request) }),
        signal,
        isUnknown,
      );
      return (await Array.fromAsync(found)).flatMap((dataset) => seriesEntry(study, dataset, onInvalid) ?? []);
    },

    async searchInstances(study, series, signal) {
      const found = search(
        INSTANCES,
        {},
        (request, queryParams) =>
          client.searchForInstances({
            studyInstanceUID: study,
            seriesInstanceUID: series,
            queryParams,
            ...json(request),
          }),
        signal,
        isUnknown,
      );
      return Array.fromAsync(found, instanceEntry);
    },

    retrieveMetadata(study, series, signal) {
      return call(
        limits,
        (request) =>
          client.retrieveSeriesMetadata({ studyInstanceUID: study, seriesInstanceUID: series, ...json(request) }),
        dataSets,
        signal,
        isUnknown,
      );
    },

    async describeInstances(study, series, signal) {
      const metadata = await archive.retrieveMetadata(study, series, signal);
      return metadata.map(instanceEntry);
    },

    async *retrieveFiles(study, series, only, signal) {
      if (only) {
        const fetchOne = (instance: SOPInstanceUID, limit: AbortSignal) =>
          archive.retrieveInstance(study, series, instance, limit);
        for await (const file of fetchAhead(only, AHEAD, fetchOne, signal)) yield oneChunk(file);
        return;
      }
      const url = `${root}/studies/${study}/series/${series}`;
      for await (const { body } of callForFiles(limits, { url, accept: AS_STORED }, signal)) yield body;
    },

    retrieveInstance(study, series, instance, signal) {
      return call(
        limits,
        (request) =>
          client.retrieveInstance({
            studyInstanceUID: study,
            seriesInstanceUID: series,
            sopInstanceUID: instance,
            request: { instance: request.acceptOnly(AS_STORED) },
          }),
        onlyObject,
        signal,
      );
    },

    async retrieveFrames(study, series, instance, frames, signal) {
      // PS3.18 section 10.1.1: a list of frames ascends. Servers differ in what they make of another one.
      const wanted = [...new Set(frames)].sort((a, b) => a - b);
      if (wanted.length === 0) return [];
      const found = await call(
        limits,
        (request) =>
          client.retrieveInstanceFrames({
            studyInstanceUID: study,
            seriesInstanceUID: series,
            sopInstanceUID: instance,
            frameNumbers: wanted,
            mediaTypes: NATIVE_FRAMES,
            request: { instance: request },
          }),
        (answer) => framesIn(answer, wanted),
        signal,
      );
      return frames.flatMap((frame) => found.get(frame) ?? []);
    },

    async store(files, signal) {
      if (files.length === 0) return [];
      const instances = claimedInstances(files);
      return call(
        limits,
        (request) => client.storeInstances({ datasets: files, ...json(request) }),
        ({ body }) => storeOutcomes(instances, body),
        signal,
        // Orthanc answers 400 where one of several failed; the standard says 202, or 409 where all did.
        (status, body) => status >= 400 && status < 500 && speaksOfInstances(body),
      );
    },
  };
  return archive;
}

function studyQuery({ studyInstanceUID, studyDate: { from = '', to = '' } = {} }: StudyQuery): QueryParams {
  return {
    includefield: STUDY_FIELDS,
    ...(studyInstanceUID ? { StudyInstanceUID: studyInstanceUID } : {}),
    ...(from || to ? { StudyDate: `${from}-${to}` } : {}),
  };
}
