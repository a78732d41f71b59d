import { codes, type KeywordValues, number, text, uidFromDigest, writePart10 } from '@maskwright/dicom';
import { equipment } from './equipment.ts';
import { distinctInstances } from './image-references.ts';
import { patientAndStudy } from './inherited.ts';
import { markedTitle } from './marked-title.ts';
import { CODES, modalityConcept, OWN_SCHEME } from './sr-codes.ts';
import { measurementGroups } from './sr-groups.ts';
import type { SrInput } from './sr-input.ts';
import { codedItem, containerItem, imageItem, templateOf, textItem, uidItem } from './sr-items.ts';
import { evidence } from './sr-references.ts';
import { codeItem, moment } from './text-values.ts';

/** The class that most archives and viewers take; nothing here needs the 3D coordinates of its successor. */
export const COMPREHENSIVE_SR_STORAGE = '1.2.840.10008.5.1.4.1.1.88.33';
const RESEARCH = 'For research use only. Not for diagnosis.';

/**
 * A Comprehensive SR (PS3.3 A.35.3) with the measurement report of TID 1500 as a Part 10 file: each segment's measurements
 * tied to the SEG and to its tracking UID, or the word that nothing was found. The same input gives the same bytes.
 * @throws TypeError when measurements or tracking UIDs do not fit the segments, or a mask was measured and there is no SEG
 */
export function encodeSr(input: SrInput): Uint8Array {
  const { source, uids, seg } = input;
  return writePart10({
    SOPClassUID: COMPREHENSIVE_SR_STORAGE,
    SOPInstanceUID: uids.sopInstanceUID,
    ...patient(input),
    ...series(input),
    ...equipment(input),
    CompletionFlag: 'COMPLETE',
    VerificationFlag: 'UNVERIFIED',
    PreliminaryFlag: 'PRELIMINARY',
    PerformedProcedureCodeSequence: [],
    CurrentRequestedProcedureEvidenceSequence: evidence([...distinctInstances(source), ...(seg ? [seg] : [])]),
    CodingSchemeIdentificationSequence: [
      { CodingSchemeDesignator: OWN_SCHEME, CodingSchemeName: 'Concepts of Maskwright that no public scheme has' },
    ],
    ...document(input),
  });
}

/** An SR tells of no body part in its header. */
function patient({ source }: SrInput): KeywordValues {
  const { BodyPartExamined: _, ...others } = patientAndStudy(source.dataset);
  return others;
}

function series({ source, uids, at, seriesDescription, version }: SrInput): KeywordValues {
  const { date, time } = moment(at, text(source.dataset, 'TimezoneOffsetFromUTC'));
  const [first] = source.frames;
  return {
    ...(first ? { StudyInstanceUID: first.instance.studyInstanceUID } : {}),
    SeriesInstanceUID: uids.seriesInstanceUID,
    Modality: 'SR',
    // Beside the SEG's 9000 and more.
    SeriesNumber: 8000 + (Math.abs(Math.trunc(number(source.dataset, 'SeriesNumber') ?? 0)) % 1000),
    SeriesDescription: markedTitle(seriesDescription, 'measurements'),
    ReferencedPerformedProcedureStepSequence: [],
    InstanceNumber: version?.number ?? 1,
    ...predecessor(first?.instance.studyInstanceUID, uids.seriesInstanceUID, version),
    SeriesDate: version?.series.date ?? date,
    SeriesTime: version?.series.time ?? time,
    ContentDate: date,
    ContentTime: time,
    InstanceCreationDate: date,
    InstanceCreationTime: time,
  };
}

/** PS3.3 C.17.2: the report that this one is a later version of. */
function predecessor(study: string | undefined, series: string, version: SrInput['version']): KeywordValues {
  if (!study || !version?.replaces) return {};
  const { sopClassUID, sopInstanceUID } = version.replaces;
  const instance = { ReferencedSOPClassUID: sopClassUID, ReferencedSOPInstanceUID: sopInstanceUID };
  return {
    PredecessorDocumentsSequence: [
      {
        StudyInstanceUID: study,
        ReferencedSeriesSequence: [{ SeriesInstanceUID: series, ReferencedSOPSequence: [instance] }],
      },
    ],
  };
}

function document(input: SrInput): KeywordValues {
  return {
    ValueType: 'CONTAINER',
    ConceptNameCodeSequence: [codeItem(CODES.report)],
    ContinuityOfContent: 'SEPARATE',
    ...templateOf('1500'),
    ContentSequence: [
      codedItem('HAS CONCEPT MOD', CODES.language, CODES.english),
      ...observer(input),
      ...procedures(input),
      textItem('CONTAINS', CODES.comment, `${RESEARCH} ${input.assessment}`),
      containerItem('CONTAINS', CODES.imageLibrary, '1600', [imageLibraryGroup(input)]),
      containerItem('CONTAINS', CODES.measurements, undefined, measurementGroups(input)),
    ],
  };
}

/** TID 1001, 1002, 1004: a device has observed, no person. */
function observer({ algorithm: { name, version } }: SrInput): KeywordValues[] {
  return [
    codedItem('HAS OBS CONTEXT', CODES.observerType, CODES.device),
    uidItem('HAS OBS CONTEXT', CODES.deviceUid, uidFromDigest('device', name, version)),
    textItem('HAS OBS CONTEXT', CODES.deviceName, `Maskwright: ${name} ${version}`),
    textItem('HAS OBS CONTEXT', CODES.deviceManufacturer, 'Maskwright'),
    textItem('HAS OBS CONTEXT', CODES.deviceModel, name),
    textItem('HAS OBS CONTEXT', CODES.deviceSerial, version),
  ];
}

function procedures({ source }: SrInput): KeywordValues[] {
  const said = codes(source.dataset, 'ProcedureCodeSequence').filter(({ meaning }) => meaning !== '');
  return (said.length > 0 ? said : [CODES.imagingProcedure]).map((code) =>
    codedItem('HAS CONCEPT MOD', CODES.procedureReported, code),
  );
}

/** TID 1600: every image that was looked at, also those without a finding. */
function imageLibraryGroup({ source }: SrInput): KeywordValues {
  const modality = text(source.dataset, 'Modality');
  return containerItem('CONTAINS', CODES.imageLibraryGroup, undefined, [
    ...(modality ? [codedItem('HAS ACQ CONTEXT', CODES.modality, modalityConcept(modality))] : []),
    ...distinctInstances(source).map((instance) => imageItem('CONTAINS', undefined, instance)),
  ]);
}
