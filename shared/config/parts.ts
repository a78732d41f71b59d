import { z } from 'zod';

export const port = z.int().min(0).max(65535);
/** A wait of at most a day: longer ones are mistakes, and beyond 25 days no timer takes them. */
export const seconds = z.number().positive().max(86_400);
/** A secret is named, never written: the value is read from this environment variable. */
export const secretFromEnvironment = z
  .string()
  .min(1)
  .describe('Name of the environment variable that holds the secret');
