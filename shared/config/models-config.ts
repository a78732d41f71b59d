import { z } from 'zod';

const settings = z.strictObject({
  folder: z
    .string()
    .min(1)
    .optional()
    .describe('Folder of model bundles, for which `models: FOLDER` is short; default: the starter models'),
  trustedKeys: z
    .array(z.string().min(1))
    .min(1)
    .optional()
    .describe('Files of public keys (Ed25519, PEM). Where given, only bundles that one of them has signed are loaded'),
});

/** A folder alone, or with the keys whose signatures are believed. */
export const modelsSchema = z.preprocess((value) => (typeof value === 'string' ? { folder: value } : value), settings);
