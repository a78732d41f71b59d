import { codeKey } from '@maskwright/catalogue';
import { type CodedConcept, codes, type DataSet, items, text } from '@maskwright/dicom';
import { found, type Reading } from './reading.ts';

/** Findings that the paper's chest sentences have words for; SNOMED CT and ICD-10. */
const FINDING: ReadonlyMap<string, string> = new Map([
  ['SCT:46621007', 'Atelectasis'],
  ['I10:J98.1', 'Atelectasis'],
  ['I10:J98.11', 'Atelectasis'],
  ['SCT:8186001', 'Cardiomegaly'],
  ['I10:I51.7', 'Cardiomegaly'],
  ['SCT:95436008', 'Consolidation'],
  ['SCT:19242006', 'Edema'],
  ['I10:J81', 'Edema'],
  ['I10:J81.0', 'Edema'],
  ['SCT:427359005', 'Lung Lesion'],
  ['I10:R91.1', 'Lung Lesion'],
  ['SCT:60046008', 'Pleural Effusion'],
  ['I10:J90', 'Pleural Effusion'],
  ['SCT:233604007', 'Pneumonia'],
  ['I10:J18.9', 'Pneumonia'],
  ['SCT:36118008', 'Pneumothorax'],
  ['I10:J93.9', 'Pneumothorax'],
]);
const MALIGNANCY: ReadonlyMap<string, 'benign' | 'malignant'> = new Map([
  ['SCT:20376005', 'benign'],
  ['I10:D24', 'benign'],
  ['SCT:363346000', 'malignant'],
  ['SCT:254837009', 'malignant'],
  ['I10:C50.9', 'malignant'],
]);
/** DCM 121071 Finding, 121073 Impression, and LOINC's diagnosis, as TID 2000 and its like name them. */
const NAMES_A_FINDING = ['DCM:121071', 'DCM:121073', 'LN:29308-4'];
/** A finding with one of these beneath it was looked for and not found. */
const DENIED = ['SCT:2667000', 'SCT:373067005', 'SRT:R-4089C', 'SRT:R-00339'];

/**
 * Findings other than the class itself: AdmittingDiagnosesCodeSequence, and what verified reports of the study have
 * found. The reason for a request is a question, not a finding, and is not asked.
 */
export function findingsOf(dataset: DataSet, reports: readonly DataSet[], className: string): Reading<'findings'> {
  const admitted = words(FINDING, codes(dataset, 'AdmittingDiagnosesCodeSequence'));
  const reported = words(FINDING, reports.flatMap(findingCodes));
  const all = [...new Set([...admitted, ...reported])].filter((word) => word.toLowerCase() !== className.toLowerCase());
  const origins = [admitted.length > 0 && 'AdmittingDiagnosesCodeSequence', reported.length > 0 && 'verified report'];
  return all.length > 0 ? found('findings', all, origins.filter(Boolean).join(', ')) : undefined;
}

/** Only a verified report says so, and only where it says one thing. */
export function malignancyOf(reports: readonly DataSet[]): Reading<'malignancy'> {
  const [said, ...more] = new Set(words(MALIGNANCY, reports.flatMap(findingCodes)));
  return said && more.length === 0 ? found('malignancy', said, 'verified report') : undefined;
}

function words<Word>(table: ReadonlyMap<string, Word>, found: readonly CodedConcept[]): Word[] {
  return found.flatMap((code) => {
    const scheme = code.scheme.startsWith('I10') || code.scheme.startsWith('ICD10') ? 'I10' : code.scheme;
    return table.get(codeKey({ ...code, scheme })) ?? [];
  });
}

/** Coded findings of an SR document (PS3.3 C.17.3). Reports that nobody has verified, ours among them, say nothing. */
function findingCodes(report: DataSet): CodedConcept[] {
  return text(report, 'VerificationFlag') === 'VERIFIED' ? findingsBeneath(report) : [];
}

function findingsBeneath(container: DataSet): CodedConcept[] {
  return items(container, 'ContentSequence').flatMap((item) => {
    const names = codes(item, 'ConceptNameCodeSequence').some((name) => NAMES_A_FINDING.includes(codeKey(name)));
    const own =
      names && text(item, 'ValueType') === 'CODE' && !isDenied(item) ? codes(item, 'ConceptCodeSequence') : [];
    return [...own, ...findingsBeneath(item)];
  });
}

function isDenied(item: DataSet): boolean {
  return items(item, 'ContentSequence').some((child) =>
    codes(child, 'ConceptCodeSequence').some((code) => DENIED.includes(codeKey(code))),
  );
}
