import { type AnyUID, type DataSet, datasetOf, type KeywordValues } from '@maskwright/dicom';
import { MaskwrightError } from '@maskwright/errors';
import { addressOf, type OnInvalid } from '../entries.ts';
import { CircuitBreaker, DEFAULT_BREAKER } from '../outside/availability.ts';
import { type CallOptions, call } from '../outside/call.ts';
import { type Authentication, accountOf, rootOf } from '../outside/connection.ts';
import { type Certificates, fetchOver } from '../outside/fetch.ts';
import type { FetchRequest } from '../outside/fetch-request.ts';
import { ownOriginOnly } from '../outside/own-origin.ts';
import { pages } from '../outside/pages.ts';
import { unlimited } from '../outside/rate-limit.ts';
import { dataSets } from '../outside/read-answer.ts';
import { listen } from './event-channel.ts';
import { readEventReport, WORKLIST, type WorkItemEvent } from './event-report.ts';

/** Procedure Step State (0074,1000), PS3.4 table CC.1.1-1. */
export type WorkItemState = 'SCHEDULED' | 'IN PROGRESS' | 'COMPLETED' | 'CANCELED';
export interface WorkItem {
  readonly uid: AnyUID;
  readonly dataset: DataSet;
}

/** Unified Procedure Steps of a worklist server: UPS-RS, PS3.18 chapter 11. Errors are those of the archive port. */
export interface WorkItems {
  search(state: WorkItemState, signal?: AbortSignal): AsyncIterable<WorkItem>;
  /** @returns false where the server says that the item is not in a state for it, or in another's hand (400, 404, 409, 410) */
  changeState(uid: AnyUID, state: WorkItemState, transaction: string, signal?: AbortSignal): Promise<boolean>;
  /** Sets attributes of an item that is held under this transaction. @returns false as `changeState` does */
  update(uid: AnyUID, values: KeywordValues, transaction: string, signal?: AbortSignal): Promise<boolean>;
  /**
   * Subscribes to the whole worklist and tells what happens on it, from then on, until `signal` aborts. What happens while
   * nobody listens is not told later.
   * @param subscriber an AE title
   * @throws MaskwrightError ARCHIVE_REFUSED where the server takes no subscription; ARCHIVE_UNREACHABLE where the channel ends
   */
  events(subscriber: string, signal: AbortSignal): AsyncIterable<WorkItemEvent>;
}

export interface WorkItemsOptions {
  /** Root of the service: `<url>/workitems` is its resource. */
  readonly url: string;
  readonly auth?: Authentication | undefined;
  readonly timeoutMs?: number | undefined;
  readonly certificates?: Certificates | undefined;
  readonly onInvalid?: OnInvalid | undefined;
}

const ITEMS = { pageSize: 100, key: 'SOPInstanceUID' };
/** What a performer goes by: code, input, progress. */
const FIELDS = '00404018,00404021,00741002,00741200';
const IN_OTHER_HANDS = [400, 404, 409, 410];

/** @throws MaskwrightError CONFIG_INVALID where the URL cannot be used */
export function outsideWorkItems(options: WorkItemsOptions): WorkItems {
  const root = `${rootOf(options.url)}/workitems`;
  const fetch = fetchOver(options.certificates);
  const limits: CallOptions = {
    timeoutMs: options.timeoutMs ?? 60_000,
    fetch: ownOriginOnly(options.url, fetch),
    account: accountOf(options.auth, fetch),
    headers: () => ({}),
    breaker: new CircuitBreaker(DEFAULT_BREAKER),
    rate: unlimited,
  };
  const isElsewhere = (status: number) => IN_OTHER_HANDS.includes(status);
  const send = (method: string, url: string, values: KeywordValues, signal: AbortSignal | undefined) =>
    call(
      limits,
      (request) => sendJson(request, method, url, [datasetOf(values)]),
      ({ request }) => !isElsewhere(request.status),
      signal,
      isElsewhere,
    );

  return {
    async *search(state, signal) {
      const found = pages(ITEMS, (limit, offset) => {
        const query = new URLSearchParams({ ProcedureStepState: state, includefield: FIELDS });
        for (const [key, value] of Object.entries({ limit, offset })) query.set(key, String(value));
        return call(
          limits,
          (request) => sendJson(request, 'GET', `${root}?${query}`),
          (answer) => ({ entries: dataSets(answer), cut: false }),
          signal,
        );
      });
      for await (const dataset of found) {
        const uid = addressOf<AnyUID>(dataset, 'SOPInstanceUID', options.onInvalid);
        if (uid) yield { uid, dataset };
      }
    },
    changeState: (uid, state, transaction, signal) =>
      send('PUT', `${root}/${uid}/state`, { ProcedureStepState: state, TransactionUID: transaction }, signal),
    update: (uid, values, transaction, signal) =>
      send('POST', `${root}/${uid}?transaction-uid=${transaction}`, { ...values, TransactionUID: transaction }, signal),
    async *events(subscriber, signal) {
      const name = encodeURIComponent(subscriber);
      const named = await call(
        limits,
        (request) => sendJson(request, 'POST', `${root}/${WORKLIST}/subscribers/${name}?deletionlock=false`),
        ({ request }) => request.getResponseHeader('content-location'),
        signal,
      );
      const headers = await limits.account.headers(signal);
      const url = channelOf(rootOf(options.url), name, named);
      for await (const message of listen({ url, headers, certificates: options.certificates }, signal)) {
        const event = readEventReport(message);
        if (event) yield event;
      }
    },
  };
}

/**
 * Where the events come: at `/subscribers/AE` of the service (PS3.18 section 11.12), or where the answer to the subscription
 * says, as far as it is on the same host: our credentials go there.
 */
function channelOf(root: string, subscriber: string, named: string | null): string {
  const standard = new URL(`${root}/subscribers/${subscriber}`);
  standard.protocol = standard.protocol === 'https:' ? 'wss:' : 'ws:';
  const other = named === null ? null : URL.parse(named);
  return other?.protocol === standard.protocol && other.host === standard.host ? other.href : standard.href;
}

/** Resolves with the answer, rejects where the status is none of success: as dicomweb-client does. */
function sendJson(request: FetchRequest, method: string, url: string, body?: unknown): Promise<unknown> {
  return new Promise((resolve, reject) => {
    request.open(method, url);
    request.responseType = 'json';
    request.onreadystatechange = () => {
      if (request.readyState !== 4) return;
      if (request.status >= 200 && request.status < 300) resolve(request.response);
      else reject(new MaskwrightError('ARCHIVE_REFUSED', `status ${request.status}`));
    };
    if (body === undefined) request.send();
    else {
      request.setRequestHeader('content-type', 'application/dicom+json');
      request.send(new TextEncoder().encode(JSON.stringify(body)).buffer);
    }
  });
}
