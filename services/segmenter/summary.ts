import { keyMeasurements, type MaskMeasurements } from '@maskwright/measure';
import { toldText, toldValue } from '@maskwright/prompt';
import type { Provenance, ResultSummary } from '@maskwright/queue';
import type { Segmented } from './segment-source.ts';
/**
 * What the event log keeps, for good. The result itself has the prompt with the exact age.
 * @param measurements one a segment, where the masks were measured
 */
export function summaryOf(
  segmented: Segmented,
  measurements: readonly MaskMeasurements[] = [],
  provenance?: Provenance,
): ResultSummary {
  const { assessment, asIs, prompts, segments, model } = segmented;
  const [best] = assessment.candidates;
  return {
    segments: prompts.map(({ target, prompt }, index) => ({
      target: target.name,
      prompt: toldText(prompt),
      promptType: prompt.type,
      pixels: segments[index]?.mask.data.reduce((sum, value) => sum + value, 0) ?? 0,
      ...measuresOf(measurements[index]),
    })),
    model: model?.id ?? null,
    reason: assessment.reason,
    assessment: {
      family: assessment.family,
      percentile: asIs.percentile,
      ...(asIs.percentileShares && { percentileShares: asIs.percentileShares }),
      distance: asIs.distance,
      gate: assessment.gate,
      ...(assessment.retouch && { retouch: assessment.retouch }),
      ...(best && { predictedDice: best.predictedDice }),
    },
    attributes: segmented.attributes.map((one) => ({
      name: one.name,
      value: toldValue(one),
      source: one.source,
      origin: one.origin,
    })),
    warnings: segmented.warnings,
    ...(provenance && { provenance }),
  };
}

function measuresOf(measured: MaskMeasurements | undefined): Pick<ResultSummary['segments'][number], 'measurements'> {
  if (!measured) return {};
  const measurements = keyMeasurements(measured).map(({ name, quantity: { value, unit } }) => ({
    name,
    value: Number(value.toPrecision(5)),
    unit: unit.code,
  }));
  return { measurements };
}
