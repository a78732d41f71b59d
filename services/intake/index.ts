/** Finds studies in the archive and decides which jobs exist. */
export { type IntakeDeps, type IntakeOptions, runIntake } from './intake.ts';
export { expectedJobs, type ReconcileDeps, reconcileStudy } from './reconcile.ts';
