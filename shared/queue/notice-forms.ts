import type { StudyInstanceUID } from '@maskwright/dicom';
import { MaskwrightError } from '@maskwright/errors';
import { z } from 'zod';
import { parseStudyNotice, studyNoticeSchema, uidSchema } from './messages.ts';
import type { StudyNotice } from './queue.ts';

const MOST = 10_000;
const uid = uidSchema<StudyInstanceUID>();
const notice = (study: StudyInstanceUID, expectedImages = 0): StudyNotice => ({
  schema: 'maskwright.study-notice/1',
  study,
  ...(expectedImages > 0 ? { expectedImages } : {}),
});

/** A UID, or an object that names it as DICOM does. */
const plain = z.union([
  uid.transform((study) => notice(study)),
  z
    .object({ StudyInstanceUID: uid, NumberOfStudyRelatedInstances: z.coerce.number().int().positive().optional() })
    .transform((one) => notice(one.StudyInstanceUID, one.NumberOfStudyRelatedInstances)),
  z.object({ studyInstanceUID: uid }).transform((one) => notice(one.studyInstanceUID)),
]);

/**
 * A change of Orthanc, with the tags of the study beside it: `/changes` itself names only Orthanc's own identifier, which
 * tells nobody else anything, so whoever forwards it adds MainDicomTags (docs/operations.md, Notices).
 */
const orthanc = z
  .object({
    ChangeType: z.string().max(64),
    MainDicomTags: z.object({ StudyInstanceUID: uid.optional() }).optional(),
    PatientMainDicomTags: z.unknown().optional(),
    StudyInstanceUID: uid.optional(),
  })
  .transform(({ ChangeType, MainDicomTags, StudyInstanceUID }, context): StudyNotice[] => {
    const study = StudyInstanceUID ?? MainDicomTags?.StudyInstanceUID;
    if (ChangeType.startsWith('Deleted')) return [];
    if (study) return [notice(study)];
    context.addIssue({ code: 'custom', message: 'names no StudyInstanceUID' });
    return z.NEVER;
  });

const element = <T>(value: z.ZodType<T>) => z.object({ Value: z.tuple([value]).rest(z.unknown()) });
const sop = z.object({ '00080056': element(z.string()).optional() });
/**
 * A data set in the DICOM JSON Model: Instance Availability Notification (PS3.4 annex R), as dcm4chee-arc and others send
 * it, an entry of a QIDO-RS answer, or anything else that holds Study Instance UID (0020,000D). The instances that an
 * availability notification lists are the number that is waited for.
 */
const dicomJson = z
  .object({
    '0020000D': element(uid),
    '00081115': z
      .object({ Value: z.array(z.object({ '00081199': z.object({ Value: z.array(sop).max(MOST * 10) }).optional() })) })
      .optional(),
    '00201208': element(z.coerce.number().int().positive()).optional(),
  })
  .transform(({ '0020000D': study, '00081115': series, '00201208': count }) => {
    const listed = series?.Value.flatMap((one) => one['00081199']?.Value ?? []) ?? [];
    const available = listed.filter((one) => one['00080056']?.Value[0] !== 'UNAVAILABLE');
    return notice(study.Value[0], available.length || count?.Value[0]);
  });

const one = z.union([studyNoticeSchema.transform((own): StudyNotice => own), orthanc, dicomJson, plain]);
/** What may be sent as a notice: our own form, plain UIDs, Orthanc's changes, DICOM JSON; one of them or a list. */
export const noticeFormsSchema = z.union([one, z.array(one).max(MOST)]);

/**
 * The studies that a message of a PACS names, in whatever form of those above; text that is no JSON is one UID a line.
 * @throws MaskwrightError MESSAGE_INVALID; quotes nothing of the message
 */
export function readStudyNotices(message: Uint8Array | string): StudyNotice[] {
  const text = typeof message === 'string' ? message : new TextDecoder().decode(message);
  const value = parsedText(text);
  // Our own form by its name: then the field that is wrong can be named.
  if (typeof value === 'object' && value !== null && 'schema' in value) return [parseStudyNotice(text)];
  const parsed = noticeFormsSchema.safeParse(value);
  if (parsed.success) return [parsed.data].flat(2);
  throw new MaskwrightError(
    'MESSAGE_INVALID',
    'study notice is not valid: expected a StudyInstanceUID or another documented form (see the schema)',
  );
}

function parsedText(text: string): unknown {
  const lines = text.split(/[\s,]+/).filter((line) => line !== '');
  if (lines.length > 0 && lines.every((line) => /^[0-9.]+$/.test(line))) return lines;
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
