import { type Instance, type SeriesInstanceUID, type SOPInstanceUID, uidFromDigest } from '@maskwright/dicom';
import type { SegInput } from './seg-input.ts';

/** Identity of a key image or a presentation state. */
export interface PictureUids {
  readonly seriesInstanceUID: SeriesInstanceUID;
  readonly sopInstanceUID: SOPInstanceUID;
}

/** The same key gives the same UIDs, as with `segUids`. */
export function keyImageUids(key: string, lineage = key): PictureUids {
  return uidsOf('key image', key, lineage);
}
export function presentationUids(key: string, lineage = key): PictureUids {
  return uidsOf('presentation state', key, lineage);
}
function uidsOf(kind: string, key: string, lineage: string): PictureUids {
  return {
    seriesInstanceUID: uidFromDigest(lineage, `${kind} series`),
    sopInstanceUID: uidFromDigest(key, `${kind} instance`),
  };
}

/** What objects are made from that show a result in viewers that know no SEG: that of the SEG under another identity. */
export interface PictureInput extends Omit<SegInput, 'uids'> {
  readonly uids: PictureUids;
  /** The SEG as it was written, which the object names. */
  readonly seg?: Instance | undefined;
}
