import { type DataSet, items, text } from '@maskwright/dicom';
import express, { type Request, type Response, type Router } from 'express';
import { z } from 'zod';
import { datasetSchema } from '../dataset-schema.ts';
import { WORKLIST } from '../ups/event-report.ts';
import type { WorkItemEvents } from './work-item-events.ts';

const bodySchema = z.tuple([datasetSchema]);
const TRANSACTION = '00081195';
const STATE = '00741000';
/** PS3.4 table CC.1.1-2: from which state a performer may go to which. */
const NEXT: Readonly<Record<string, readonly string[]>> = {
  SCHEDULED: ['IN PROGRESS'],
  'IN PROGRESS': ['COMPLETED', 'CANCELED'],
};
const MOST = 10_000;

interface Held {
  dataset: DataSet;
  transaction: string | undefined;
}

/**
 * A small UPS-RS worklist (PS3.18 chapter 11): create, search by state, retrieve, change state, update, subscribe, request
 * cancellation. In memory: for a laptop and for tests. It keeps the rules that a performer meets: the lock by Transaction
 * UID, the order of states, and what must be there at the end (PS3.4 table CC.2.5-3).
 */
export function workItemRoutes(events: WorkItemEvents): Router {
  const router = express.Router();
  const held = new Map<string, Held>();
  const json = express.json({ type: () => true, limit: '1mb' });

  router.post('/workitems', json, (request, response) => {
    const dataset = datasetIn(request);
    const uid = Object.keys(request.query)[0] ?? (dataset && text(dataset, 'SOPInstanceUID'));
    if (!dataset || !uid || !/^[0-9.]{1,64}$/.test(uid) || text(dataset, 'ProcedureStepState') !== 'SCHEDULED')
      return end(response, 400);
    if (held.has(uid) || held.size >= MOST) return end(response, 409);
    held.set(uid, { dataset: { ...dataset, '00080018': { vr: 'UI', Value: [uid] } }, transaction: undefined });
    response.set('Location', `${request.baseUrl}/workitems/${uid}`);
    events.state(uid, dataset);
    end(response, 201);
  });

  router.get('/workitems', (request, response) => {
    const { ProcedureStepState: state, limit, offset } = request.query;
    const found = [...held.values()].filter(({ dataset }) => !state || text(dataset, 'ProcedureStepState') === state);
    const from = Number(offset ?? 0);
    send(
      response,
      found.slice(from, from + Number(limit ?? MOST)).map(({ dataset }) => dataset),
    );
  });

  router.get('/workitems/:item', (request, response) => {
    const one = held.get(String(request.params.item));
    if (one) send(response, [one.dataset]);
    else end(response, 404);
  });

  router.put('/workitems/:item/state', json, (request, response) => {
    const one = held.get(String(request.params.item));
    const asked = datasetIn(request);
    const [state, transaction] = [asked && text(asked, 'ProcedureStepState'), asked && text(asked, 'TransactionUID')];
    if (!one) return end(response, 404);
    if (!state || !transaction) return end(response, 400);
    const before = text(one.dataset, 'ProcedureStepState') ?? '';
    if (!NEXT[before]?.includes(state)) return end(response, 409);
    if (one.transaction !== undefined && one.transaction !== transaction) return end(response, 400);
    if (state === 'COMPLETED' && !isFinal(one.dataset)) return end(response, 409);
    one.transaction = transaction;
    one.dataset = { ...one.dataset, [STATE]: { vr: 'CS', Value: [state] } };
    events.state(request.params.item, one.dataset);
    end(response, 200);
  });

  router.post('/workitems/:item/cancelrequest', json, (request, response) => {
    const uid = String(request.params.item);
    const one = held.get(uid);
    if (!one) return end(response, 404);
    const state = text(one.dataset, 'ProcedureStepState');
    // Nobody has it in hand yet (PS3.4 section CC.2.2.3): the worklist itself cancels it.
    if (state === 'SCHEDULED') {
      one.dataset = { ...one.dataset, [STATE]: { vr: 'CS', Value: ['CANCELED'] } };
      events.state(uid, one.dataset);
      return end(response, 202);
    }
    // Whoever has it cannot be reached, or is done with it.
    if (state !== 'IN PROGRESS' || events.cancelRequested(uid, datasetIn(request) ?? {}) === 0)
      return end(response, 409);
    end(response, 202);
  });

  router
    .route('/workitems/:item/subscribers/:subscriber')
    .post((request, response) => {
      const { item, subscriber } = request.params;
      if (item !== WORKLIST && !held.has(item)) return end(response, 404);
      events.subscribe(item, subscriber);
      end(response, 201);
    })
    .delete((request, response) => {
      events.unsubscribe(request.params.item, request.params.subscriber);
      end(response, 200);
    });

  router.post('/workitems/:item', json, (request, response) => {
    const one = held.get(String(request.params.item));
    const asked = datasetIn(request);
    if (!one) return end(response, 404);
    const inProgress = text(one.dataset, 'ProcedureStepState') === 'IN PROGRESS';
    if (!asked || (inProgress && request.query['transaction-uid'] !== one.transaction)) return end(response, 400);
    const { [TRANSACTION]: _, [STATE]: state, ...values } = asked;
    // The state has a resource of its own.
    if (state) return end(response, 400);
    one.dataset = { ...one.dataset, ...values };
    end(response, 200);
  });
  return router;
}

/** Who did what from when to when, and what came of it (a list that may be empty). */
function isFinal(dataset: DataSet): boolean {
  const [performed] = items(dataset, 'UnifiedProcedureStepPerformedProcedureSequence');
  if (!performed) return false;
  return (
    ['PerformedStationNameCodeSequence', 'PerformedWorkitemCodeSequence'].every(
      (keyword) => items(performed, keyword).length > 0,
    ) &&
    ['PerformedProcedureStepStartDateTime', 'PerformedProcedureStepEndDateTime'].every(
      (keyword) => text(performed, keyword) !== undefined,
    ) &&
    '00404033' in performed
  );
}

function datasetIn({ body }: Request): DataSet | undefined {
  const parsed = bodySchema.safeParse(Array.isArray(body) ? body : [body]);
  return parsed.success ? parsed.data[0] : undefined;
}

function send(response: Response, body: unknown): void {
  response.type('application/dicom+json').send(JSON.stringify(body));
}
function end(response: Response, status: number): void {
  response.status(status).end();
}
