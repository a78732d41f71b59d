import { MaskwrightError } from '@maskwright/errors';
import type { Part } from '../multipart.ts';

/** Implicit and Explicit VR Little Endian: their native pixels are the same bytes (PS3.5 annex A). */
const NATIVE = ['1.2.840.10008.1.2', '1.2.840.10008.1.2.1'];

/** @throws MaskwrightError DICOM_MALFORMED where something else than a DICOM object was sent, e.g. a page to log in */
export function assertDicom(part: Pick<Part, 'headers'>): void {
  const { type } = mediaType(part);
  if (type !== 'application/dicom' && type !== 'application/octet-stream')
    throw new MaskwrightError('DICOM_MALFORMED', `sent ${named(type)} where application/dicom was asked for`);
}

/** @throws MaskwrightError DICOM_MALFORMED where the frame is compressed: it would be taken for pixels */
export function assertNativeFrame(part: Part): void {
  const { type, transferSyntax } = mediaType(part);
  const native = transferSyntax === undefined || NATIVE.includes(transferSyntax);
  if (type !== 'application/octet-stream' || !native)
    throw new MaskwrightError(
      'DICOM_MALFORMED',
      `sent ${[named(type), transferSyntax].filter(Boolean).join(' in ')} where native pixels were asked for`,
    );
}

/** What PACS and the servers before them send (PS3.18 section 8.7.3); what else stands in a header may be anything. */
const NAMED = new RegExp(
  '^(?:application/(?:dicom(?:[+](?:json|xml))?|json|octet-stream|pdf|xml|zip)|multipart/related|text/(?:html|plain|xml)' +
    '|image/(?:dicom-rle|gif|j2c|jls|jp2|jpeg|jph|jphc|jpx|jxl|png)|video/(?:h264|h265|mp4|mpeg|mpeg2))$',
);

function named(type: string): string {
  return NAMED.test(type) ? type : 'another media type';
}

/** A part that does not say what it is is what was asked for: octets (RFC 2045 section 5.2 means text, no PACS does). */
function mediaType({ headers }: Pick<Part, 'headers'>): { type: string; transferSyntax: string | undefined } {
  const header = headers['content-type'] ?? 'application/octet-stream';
  const [type = ''] = header.split(';');
  const [, transferSyntax] = /transfer-syntax="?([0-9.]{1,64})/i.exec(header) ?? [];
  return { type: type.trim().toLowerCase(), transferSyntax };
}
