import { parseUid } from '@maskwright/dicom';
import { type Job, jobKey } from '@maskwright/queue';

/** Jobs of one study each, as a list of chest radiographs gives them; about 400 bytes as a message. */
export function benchJobs(first: number, count: number): Job[] {
  return Array.from({ length: count }, (_, index) => benchJob(first + index));
}

function benchJob(index: number): Job {
  const study = `1.2.826.0.1.3680043.10.9.${1_000_000 + index}`;
  return {
    schema: 'maskwright.job/1',
    key: jobKey({ sources: [`${study}.1.1`], task: 'chest@1', bundles: ['vlsm', 'unet'], resultVersion: '2' }),
    study: parseUid(study, 'study'),
    series: parseUid(`${study}.1`, 'series'),
    task: 'chest-xray',
    lane: 'routine',
    traceparent: '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01',
  };
}
