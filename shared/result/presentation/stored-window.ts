import type { DisplayTransform } from '@maskwright/image';

/**
 * The same picture without a modality LUT: the window is that of the stored values. So images that are rescaled
 * differently (PET) fit into one presentation state, which has one modality LUT for all of them (PS3.3 C.11.1).
 * @returns undefined where tables or a falling rescale do not allow it, or there is no window
 */
export function onStoredValues({ modality, voi, inverse }: DisplayTransform): DisplayTransform | undefined {
  if (!modality) return { voi, inverse };
  if (!voi || 'data' in voi || 'data' in modality || modality.slope <= 0) return undefined;
  const { slope, intercept } = modality;
  const { center, width, shape } = voi;
  // LINEAR has half a pixel and a width that is one less (PS3.3 C.11.2.1.2.1).
  const [half, one] = shape === undefined || shape === 'LINEAR' ? [0.5, 1] : [0, 0];
  const window = { center: (center - half - intercept) / slope + half, width: (width - one) / slope + one, shape };
  return { voi: window, inverse };
}
