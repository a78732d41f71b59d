import type { DataSet } from '@maskwright/dicom';
import { patternIn } from './header-words.ts';

/** Attributes that say where an image was made. */
export const SITE_KEYWORDS = ['InstitutionName', 'InstitutionalDepartmentName', 'StationName', 'ClinicalTrialSiteID'];

/** A place by the name that its administrator gave it; what the header says of it is matched and never told. */
export interface Site {
  readonly name: string;
  /** Patterns as in a task's `site`; one of them is enough. */
  readonly like: readonly string[];
}

/** The first site whose pattern one of the header's places is like. */
export function siteOf(sites: readonly Site[], series: DataSet): string | undefined {
  return sites.find(({ like }) => patternIn(series, SITE_KEYWORDS, like))?.name;
}
