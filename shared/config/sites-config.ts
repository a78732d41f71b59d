import { z } from 'zod';

const site = z.strictObject({
  name: z
    .string()
    .regex(/^[A-Za-z0-9][A-Za-z0-9 ._-]{0,31}$/, 'up to 32 letters, digits, spaces, dots, dashes and underscores')
    .describe('How metrics and the console name the site'),
  like: z
    .array(z.string().min(1))
    .min(1)
    .describe('Patterns (*, ?) of InstitutionName, InstitutionalDepartmentName, StationName or ClinicalTrialSiteID'),
});

/** Sites whose drift is told apart; the first that fits counts. A bound, because each is a label of metrics. */
export const sitesSchema = z
  .array(site)
  .max(50)
  .describe('Sites whose drift is told apart; images that fit none count under "other"');
