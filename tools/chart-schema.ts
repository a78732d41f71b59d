/** Writes into the schema of the chart's values what is passed on to the configuration file. Run: `node tools/chart-schema.ts`. */
import { readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { configSchema } from '@maskwright/config';
import { z } from 'zod';

export const chartSchemaFile = path.resolve(import.meta.dirname, '../deploy/helm/maskwright/values.schema.json');
const PASSED_ON = ['results', 'sites'] as const;
const object = z.record(z.string(), z.unknown());

/** `text` of the file, with these keys as the configuration's own schema has them. */
export function chartSchema(text: string): string {
  const schema = object.parse(JSON.parse(text));
  const properties = object.parse(schema.properties);
  for (const key of PASSED_ON) {
    const { $schema: _, ...passedOn } = z.toJSONSchema(configSchema.shape[key], { io: 'input', target: 'draft-7' });
    properties[key] = passedOn;
  }
  return `${JSON.stringify({ ...schema, properties }, null, 2)}\n`;
}

if (process.argv[1] === import.meta.filename)
  await writeFile(chartSchemaFile, chartSchema(await readFile(chartSchemaFile, 'utf8')));
