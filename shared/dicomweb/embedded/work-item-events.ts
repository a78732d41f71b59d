import type { IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';
import { type DataSet, datasetOf, type KeywordValues, text } from '@maskwright/dicom';
import { EVENT, EVENT_CLASS, WORKLIST } from '../ups/event-report.ts';
import { acceptWebSocket, type EventSocket, refuseUpgrade } from './event-socket.ts';

/** Who has subscribed to which items, and who listens; in memory. */
export class WorkItemEvents {
  readonly #subscribed = new Map<string, Set<string>>();
  readonly #channels = new Map<string, Set<EventSocket>>();
  #messages = 0;

  subscribe(item: string, subscriber: string): void {
    const items = this.#subscribed.get(subscriber) ?? new Set();
    this.#subscribed.set(subscriber, items.add(item));
  }

  /** Giving up the whole worklist gives up what was subscribed to by it. */
  unsubscribe(item: string, subscriber: string): void {
    if (item === WORKLIST) this.#subscribed.delete(subscriber);
    else this.#subscribed.get(subscriber)?.delete(item);
  }

  /** `GET <root>/subscribers/AE` as a WebSocket. */
  upgrade(subscriber: string | undefined, request: IncomingMessage, socket: Duplex): void {
    if (subscriber === undefined) {
      refuseUpgrade(socket, '404 Not Found');
      return;
    }
    const channels = this.#channels.get(subscriber) ?? new Set();
    const channel = acceptWebSocket(request, socket, () => void (channel && channels.delete(channel)));
    if (channel) this.#channels.set(subscriber, channels.add(channel));
  }

  state(item: string, dataset: DataSet): void {
    this.#report(item, EVENT.state, {
      ProcedureStepState: text(dataset, 'ProcedureStepState') ?? '',
      InputReadinessState: text(dataset, 'InputReadinessState') ?? 'READY',
    });
  }

  /** @returns how many were told */
  cancelRequested(item: string, asked: DataSet): number {
    return this.#report(item, EVENT.cancelRequested, {}, asked);
  }

  get channels(): number {
    return [...this.#channels.values()].reduce((sum, { size }) => sum + size, 0);
  }

  close(): void {
    for (const channels of this.#channels.values()) for (const channel of channels) channel.close();
  }

  #report(item: string, type: number, information: KeywordValues, further: DataSet = {}): number {
    this.#messages = (this.#messages % 65_535) + 1;
    const report = datasetOf({
      AffectedSOPClassUID: EVENT_CLASS,
      AffectedSOPInstanceUID: item,
      MessageID: this.#messages,
      EventTypeID: type,
      ...information,
    });
    let told = 0;
    for (const [subscriber, items] of this.#subscribed) {
      if (!items.has(item) && !items.has(WORKLIST)) continue;
      for (const channel of this.#channels.get(subscriber) ?? []) {
        channel.send(JSON.stringify({ ...further, ...report }));
        told += 1;
      }
    }
    return told;
  }
}
