/** The moments of a job at which the fault suite ends the process, in their order. */
export const FAIL_POINTS = ['taken', 'fetched', 'inferred', 'encoded', 'spooled', 'delivered', 'logged'] as const;
export type FailPoint = (typeof FAIL_POINTS)[number];
export type Reached = (point: FailPoint) => void;
