import { z } from 'zod';

/** A data set in the DICOM JSON Model (PS3.18 annex F) as far as its form goes; values are judged where they are read. */
export const datasetSchema = z.record(
  z.string().regex(/^[0-9A-F]{8}$/),
  z.object({ vr: z.string().length(2), Value: z.array(z.unknown()).exactOptional() }).loose(),
);
