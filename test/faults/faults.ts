import { archiveFaults } from './archive-faults.ts';
import { brokerFaults } from './broker-faults.ts';
import { messageFaults } from './message-faults.ts';
import { workerFaults } from './worker-faults.ts';
import type { Fault } from './world/fault.ts';

/** Nothing goes wrong: what comes of this is what should come of each of the others. */
export const CALM: Fault = { name: 'calm', what: 'nothing goes wrong', strike: async () => undefined };

export const FAULTS: readonly Fault[] = [...archiveFaults, ...brokerFaults, ...workerFaults, ...messageFaults];
