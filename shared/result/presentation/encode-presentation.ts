import { copyElements, type KeywordValues, text, writePart10 } from '@maskwright/dicom';
import { equipment } from '../equipment.ts';
import { imageReferences } from '../image-references.ts';
import { patientAndStudy } from '../inherited.ts';
import { lateralityOf } from '../laterality.ts';
import type { PictureInput } from '../picture-input.ts';
import { pictureSeries } from '../picture-series.ts';
import { versionNote } from '../result-version.ts';
import { fit, moment } from '../text-values.ts';
import { graphicAnnotations, graphicLayers } from './annotations.ts';
import { displayedArea } from './displayed-area.ts';
import { grayscalePipeline } from './grayscale-pipeline.ts';
import type { ShownFrames } from './shown-frames.ts';
import { srgbProfile } from './srgb-profile.ts';

export const GRAYSCALE_PRESENTATION_STORAGE = '1.2.840.10008.5.1.4.1.1.11.1';
export const COLOR_PRESENTATION_STORAGE = '1.2.840.10008.5.1.4.1.1.11.2';
const RESEARCH = 'For research use only';

/**
 * A Grayscale or Color Softcopy Presentation State (PS3.3 A.33.1, A.33.2): the source's frames as the source wants them
 * shown, with the outlines of the segments. The same input gives the same bytes.
 * @param shown as `shownFrames` tells them, at least one
 */
export function encodePresentation(input: PictureInput, shown: ShownFrames): Uint8Array {
  const { source, segments, uids } = input;
  const { frames } = shown;
  const isColour = frames.every(({ transform }) => transform === undefined);
  return writePart10({
    SOPClassUID: isColour ? COLOR_PRESENTATION_STORAGE : GRAYSCALE_PRESENTATION_STORAGE,
    SOPInstanceUID: uids.sopInstanceUID,
    ...patientAndStudy(source.dataset),
    ...pictureSeries(input, { modality: 'PR', name: 'outlines', numbers: 6000 }),
    ...lateralityOf(source.dataset),
    ...equipment(input),
    ...identification(input, shown),
    ReferencedSeriesSequence: [
      {
        SeriesInstanceUID: frames[0]?.frame.instance.seriesInstanceUID ?? '',
        ReferencedImageSequence: imageReferences(frames.map(({ frame }) => frame)),
      },
    ],
    ...displayedArea(frames, source),
    ...graphicAnnotations(frames, segments),
    ...graphicLayers(segments),
    ...(isColour ? colourProfile(input) : grayscalePipeline(frames)),
  });
}

/** PS3.3 C.11.10. */
function identification(input: PictureInput, { leftOut }: ShownFrames): KeywordValues {
  const { source, segments, style, at } = input;
  const { date, time } = moment(at, text(source.dataset, 'TimezoneOffsetFromUTC'));
  const labels = segments.map(({ target }) => target.label).join(', ');
  const without = leftOut > 0 ? `, ${leftOut} frames left out` : '';
  return {
    PresentationCreationDate: date,
    PresentationCreationTime: time,
    ContentLabel: style?.contentLabel ?? 'MASKWRIGHT',
    ContentDescription: fit(`${RESEARCH}${without}: ${labels}.${versionNote(input.version)}`, 'LO'),
    ContentCreatorName: 'Maskwright^Software',
  };
}

/** PS3.3 C.11.15: the source's own, else that of the colours that screens take images without one for. */
function colourProfile({ source }: PictureInput): KeywordValues {
  const own = copyElements(source.dataset, ['ICCProfile']);
  return own.ICCProfile instanceof Uint8Array ? own : { ICCProfile: srgbProfile(), ColorSpace: 'SRGB' };
}
