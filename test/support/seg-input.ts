import type { Target } from '@maskwright/catalogue';
import type { Mask, SourceImage } from '@maskwright/image';
import { type SegInput, segUids } from '@maskwright/result';

const COLORS: readonly (readonly [number, number, number])[] = [
  [230, 60, 60],
  [60, 160, 230],
  [90, 200, 90],
  [240, 200, 60],
];

/** A target with codes of every kind. */
export function targetNamed(name: string, index = 0): Target {
  return {
    name,
    label: name,
    category: { value: '91723000', scheme: 'SCT', meaning: 'Anatomical Structure' },
    type: { value: '39607008', scheme: 'SCT', meaning: 'Lung' },
    typeModifier: { value: '7771000', scheme: 'SCT', meaning: 'Left' },
    anatomicRegion: { value: '51185008', scheme: 'SCT', meaning: 'Chest' },
    color: COLORS[index % COLORS.length] ?? [255, 255, 255],
  };
}

/** What the segmenter hands over, for these masks by name. */
export function segInput(source: SourceImage, masks: Readonly<Record<string, Mask>>): SegInput {
  const segments = Object.entries(masks).map(([name, mask], index) => ({
    target: targetNamed(name, index),
    mask,
    prompt: `${name} in a medical image`,
    promptType: 'P1',
  }));
  return {
    source,
    segments,
    uids: segUids(`test/${source.frames[0]?.instance.seriesInstanceUID}`, segments.length),
    algorithm: { name: 'phantom-vlsm', version: '1.0.0' },
    assessment: 'In-domain (12th percentile of training distances): VLSM chosen.',
    at: new Date('2026-01-02T03:04:05Z'),
    seriesDescription: 'Maskwright: segmentation',
  };
}
