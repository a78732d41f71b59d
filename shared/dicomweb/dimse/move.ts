import { parsePart10, type SeriesInstanceUID, type SOPInstanceUID, type StudyInstanceUID } from '@maskwright/dicom';
import { MaskwrightError } from '@maskwright/errors';
import { type Associate, failureOf, query } from './association.ts';
import { Dataset, requests } from './library.ts';
import type { Receiver } from './receiver.ts';

export interface Wanted {
  readonly study: StudyInstanceUID;
  readonly series: SeriesInstanceUID;
  readonly uids: readonly SOPInstanceUID[];
}

/**
 * Files in the order of `uids`: asked for together by a list of UIDs (PS3.4 C.4.2.2.1), and those that a PACS then does
 * not send, alone.
 * @throws MaskwrightError ARCHIVE_REFUSED naming the first that the PACS does not send
 */
export async function move(
  associate: Associate,
  receiver: Receiver,
  destination: string,
  { study, series, uids }: Wanted,
  signal?: AbortSignal,
): Promise<Uint8Array[]> {
  const { arrived, done } = receiver.expect(uids);
  let failure: MaskwrightError | undefined;
  const moving = (some: readonly SOPInstanceUID[]) => {
    const request = requests.CMoveRequest.createImageMoveRequest(destination, study, series, '');
    const keys = { StudyInstanceUID: study, SeriesInstanceUID: series, SOPInstanceUID: some };
    request.setDataset(new Dataset({ QueryRetrieveLevel: 'IMAGE', ...keys }));
    request.on('response', (response) => {
      failure = failureOf(response.getStatus(), `C-MOVE of ${study}/${series} to ${destination}`) ?? failure;
    });
    return request;
  };
  try {
    await query(associate, 'C-MOVE', [moving(uids)], signal);
    const left = uids.filter((uid) => !arrived.has(uid));
    if (uids.length > 1)
      await query(
        associate,
        'C-MOVE',
        left.map((uid) => moving([uid])),
        signal,
      );
  } finally {
    done();
  }
  return uids.map((uid) => {
    const file = arrived.get(uid);
    // Orthanc looks only at the instance's own UID.
    if (file && parsePart10(file).studyInstanceUID === study) return file;
    throw failure ?? new MaskwrightError('ARCHIVE_REFUSED', `${study}/${series}/${uid} did not arrive`);
  });
}
