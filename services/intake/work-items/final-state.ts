import type { KeywordValues, StudyInstanceUID } from '@maskwright/dicom';

/** An object that was made for a work item. */
export interface Output {
  readonly study: StudyInstanceUID;
  readonly series: string;
  readonly sopClassUID: string;
  readonly sopInstanceUID: string;
}
export interface Performed {
  readonly performer: string;
  readonly began: Date;
  readonly ended?: Date;
  readonly outputs?: readonly Output[];
  /** Percent. */
  readonly progress: number;
  /** One sentence, without patient data. */
  readonly description: string;
  /** Why it was not done. */
  readonly cancelled?: boolean;
}

/** CID 9300: a step was discontinued, and no code says better why. */
const UNSPECIFIED = {
  CodeValue: '110513',
  CodingSchemeDesignator: 'DCM',
  CodeMeaning: 'Discontinued for unspecified reason',
};
const WORK = {
  CodeValue: 'SEGMENTATION',
  CodingSchemeDesignator: '99MASKWRIGHT',
  CodeMeaning: 'Automatic segmentation',
};

/** Progress and performed procedure of a work item, as the final states want them (PS3.3 C.30.1 and C.30.3, PS3.4 table CC.2.5-3). */
export function performedValues(performed: Performed): KeywordValues {
  const { performer, began, ended, outputs = [], progress, description, cancelled } = performed;
  return {
    ProcedureStepProgressInformationSequence: [
      {
        ProcedureStepProgress: String(Math.round(progress)),
        ProcedureStepProgressDescription: markOf(performer),
        ...(cancelled
          ? { ReasonForCancellation: description, ProcedureStepDiscontinuationReasonCodeSequence: [UNSPECIFIED] }
          : {}),
      },
    ],
    UnifiedProcedureStepPerformedProcedureSequence: [
      {
        PerformedStationNameCodeSequence: [
          { CodeValue: performer, CodingSchemeDesignator: '99MASKWRIGHT', CodeMeaning: performer },
        ],
        PerformedWorkitemCodeSequence: [WORK],
        PerformedProcedureStepStartDateTime: dateTime(began),
        ...(ended ? { PerformedProcedureStepEndDateTime: dateTime(ended) } : {}),
        CommentsOnThePerformedProcedureStep: description,
        OutputInformationSequence: outputItems(outputs),
      },
    ],
  };
}

/** By which a performer knows its own items again after a restart. */
export function markOf(performer: string): string {
  return `in the hands of ${performer}`;
}

/** Table 10-3b, one item a series. */
function outputItems(outputs: readonly Output[]): KeywordValues[] {
  return [...new Set(outputs.map(({ series }) => series))].map((series) => {
    const of = outputs.filter((one) => one.series === series);
    return {
      TypeOfInstances: 'DICOM',
      StudyInstanceUID: of[0]?.study ?? '',
      SeriesInstanceUID: series,
      ReferencedSOPSequence: of.map(({ sopClassUID, sopInstanceUID }) => ({
        ReferencedSOPClassUID: sopClassUID,
        ReferencedSOPInstanceUID: sopInstanceUID,
      })),
    };
  });
}

/** DT in UTC, which it says (PS3.5 section 6.2). */
function dateTime(date: Date): string {
  return `${date.toISOString().slice(0, 19).replace(/[-:T]/g, '')}+0000`;
}
