import type { KeywordValues } from '@maskwright/dicom';
import type { DisplayTransform, StatedTable } from '@maskwright/image';
import { imageReferences } from '../image-references.ts';
import { decimal, fit } from '../text-values.ts';
import { digestOf, type ShownFrame } from './shown-frames.ts';

/**
 * Modality LUT, VOI LUT and presentation LUT (PS3.3 C.11.1, C.11.8, C.11.6) as the sources have them: what a presentation
 * state does not state is an identity, whatever the image says (PS3.4 N.2.1), MONOCHROME1 too.
 */
export function grayscalePipeline(frames: readonly ShownFrame[]): KeywordValues {
  const [first] = frames;
  if (!first?.transform) return {};
  return {
    ...modality(first.transform.modality),
    ...voi(frames),
    PresentationLUTShape: first.transform.inverse ? 'INVERSE' : 'IDENTITY',
  };
}

function modality(stated: DisplayTransform['modality']): KeywordValues {
  if (!stated) return {};
  if ('data' in stated) {
    const [entries, first, bits] = stated.descriptor;
    // Here a table has 8 or 16 bits; those of some sources have 12 (C.11.1.1.1).
    const whole = { ...stated, descriptor: [entries, first, bits > 8 ? 16 : 8] as const };
    return { ModalityLUTSequence: [{ ...table(whole), ModalityLUTType: fit(stated.type ?? 'US', 'LO') }] };
  }
  const { slope, intercept, type } = stated;
  return { RescaleIntercept: decimal(intercept), RescaleSlope: decimal(slope), RescaleType: fit(type, 'LO') };
}

/** One item for images that are shown alike; which ones, only where there are several. */
function voi(frames: readonly ShownFrame[]): KeywordValues {
  const groups = [...Map.groupBy(frames, ({ transform }) => digestOf(transform?.voi ?? null)).values()];
  const items = groups.flatMap((group): KeywordValues[] => {
    const stated = group[0]?.transform?.voi;
    if (!stated) return [];
    const references =
      groups.length > 1 ? { ReferencedImageSequence: imageReferences(group.map(({ frame }) => frame)) } : {};
    if ('data' in stated) return [{ ...references, VOILUTSequence: [table(stated)] }];
    const { center, width, shape } = stated;
    const by = shape && shape !== 'LINEAR' ? { VOILUTFunction: shape } : {};
    return [{ ...references, WindowCenter: decimal(center), WindowWidth: decimal(width), ...by }];
  });
  return items.length > 0 ? { SoftcopyVOILUTSequence: items } : {};
}

/** LUTData is OW: an entry a word, and entries of 8 bits two a word (PS3.3 C.11.1.1.1). */
function table({ descriptor, data, explanation }: StatedTable): KeywordValues {
  return {
    LUTDescriptor: descriptor,
    ...(explanation ? { LUTExplanation: fit(explanation, 'LO') } : {}),
    LUTData: descriptor[2] > 8 ? data : Uint8Array.from(data),
  };
}
