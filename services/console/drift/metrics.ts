import { TENTHS } from '@maskwright/assess';
import type { Telemetry } from '@maskwright/telemetry';
import { type Drift, WINDOW } from './drift.ts';

/** @returns a function that takes the metrics back */
export function publishDrift(drift: Drift, { meter }: Pick<Telemetry, 'meter'>): () => void {
  const gauge = (name: string, description: string) =>
    meter.createObservableGauge(`maskwright_drift_${name}`, { description });
  const last = `of the newest ${WINDOW} results of the group`;
  const index = gauge('psi', `Population stability index ${last}: percentile of distance against the card`);
  const results = gauge('results', `How many results the index is of, at most ${WINDOW}`);
  const share = gauge('percentile_share', `Share ${last} in each tenth of percentiles; the card expects 0.1`);
  const person = gauge('needs_person_share', `Share ${last} that no model was fit for`);
  const dice = gauge('predicted_dice', `Mean predicted Dice ${last}`);
  const all = [index, results, share, person, dice];
  const observe: Parameters<typeof meter.addBatchObservableCallback>[0] = (observer) => {
    for (const group of drift.groups()) {
      const labels = { ...group.labels };
      if (group.index !== null) observer.observe(index, group.index, labels);
      observer.observe(results, group.results, labels);
      observer.observe(person, group.needsPerson, labels);
      if (group.predictedDice !== null) observer.observe(dice, group.predictedDice, labels);
      for (const [bin, value] of group.shares.entries())
        observer.observe(share, value, { ...labels, from: String((bin * 100) / TENTHS) });
    }
  };
  meter.addBatchObservableCallback(observe, all);
  return () => meter.removeBatchObservableCallback(observe, all);
}
