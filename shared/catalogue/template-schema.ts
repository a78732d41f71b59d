import { z } from 'zod';
import { parseTemplate } from './template.ts';

/** A template in YAML; a fault is told with its place. */
export const templateSchema = z.string().transform((source, context) => {
  try {
    return parseTemplate(source);
  } catch (cause) {
    context.addIssue({ code: 'custom', message: cause instanceof Error ? cause.message : 'not a template' });
    return z.NEVER;
  }
});
