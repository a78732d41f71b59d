import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { event, summary } from '../sample.ts';
import { type SampleConsole, startWithThreeResults } from '../sample-console.ts';

let served: SampleConsole;
beforeAll(async () => {
  served = await startWithThreeResults();
});
afterAll(() => served?.close());

describe('drift', () => {
  const device = { bundle: 'starter-vlsm', version: '1', modality: 'US', device: 'Vivid "E9"', site: 'north' };
  test('is told by model, modality, device model and site', async () => {
    const far = { family: 'cardiac-ultrasound', percentile: 97, distance: 9, gate: [], predictedDice: 0.5 };
    const result = { ...summary, assessment: far, provenance: device };
    for (let n = 0; n < 100; n++)
      await served.queue.events.append(
        event(1000 + n, { kind: n < 25 ? 'needs-person' : 'stored', sopInstanceUIDs: [], result }, n),
      );
    const answer = async () => (await served.get('/api/drift')).json();
    await expect.poll(answer).toMatchObject({ groups: [{ results: 100 }] });
    expect(await answer()).toMatchObject({
      window: 500,
      groups: [
        { labels: { ...device, family: 'cardiac-ultrasound' }, results: 100, needsPerson: 0.25, predictedDice: 0.5 },
      ],
    });
  });

  test('stands in the metrics, a line for each group', async () => {
    const text = await served.telemetry.metricsText();
    const line = (name: string) => new RegExp(`^maskwright_drift_${name}\\{([^\n]*)\\} (\\S+)$`, 'm').exec(text) ?? [];
    const [, labels, index] = line('psi');
    for (const label of ['modality="US"', 'site="north"', 'version="1"', 'device="Vivid \\"E9\\""'])
      expect(labels).toContain(label);
    expect(Number(index)).toBeGreaterThan(0.25);
    expect(line('results')[2]).toBe('100');
    expect(line('needs_person_share')[2]).toBe('0.25');
    expect(line('predicted_dice')[2]).toBe('0.5');
    expect(text).toMatch(/^maskwright_drift_percentile_share\{.*from="90".*\} 1$/m);
    expect(text).not.toMatch(/Doe|secret/);
  });
});
