/** Writes docs/configuration.md from the schema of the configuration file. Run: `node tools/config-reference.ts`. */
import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import { configSchema } from '@maskwright/config';
import { z } from 'zod';

interface Schema {
  readonly type?: string;
  readonly description?: string;
  readonly default?: unknown;
  readonly const?: unknown;
  readonly enum?: readonly unknown[];
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly anyOf?: readonly Schema[];
  readonly oneOf?: readonly Schema[];
  readonly items?: Schema;
}

export function configurationPage(): string {
  const schema: Schema = JSON.parse(JSON.stringify(z.toJSONSchema(configSchema, { io: 'input' })));
  const rows = rowsOf(schema, '');
  return [
    '# Configuration',
    '',
    'One YAML file, given by `maskwright up --config FILE`. Every key is optional; unknown keys are refused. Generated from the schema by `node tools/config-reference.ts`.',
    '',
    '| key | kind | default | meaning |',
    '| --- | --- | --- | --- |',
    ...rows,
    '',
  ].join('\n');
}

function rowsOf(schema: Schema, prefix: string): string[] {
  return Object.entries(schema.properties ?? {}).flatMap(([name, property]) => {
    const key = prefix === '' ? name : `${prefix}.${name}`;
    const variants = property.anyOf ?? property.oneOf;
    if (variants)
      return variants.flatMap((variant) =>
        rowsOf(variant, `${key} (${String(variant.properties?.kind?.const)})`.replace(' (undefined)', '')),
      );
    if (property.properties) return rowsOf(property, key);
    if (property.items?.properties) return [rowOf(key, property), ...rowsOf(property.items, `${key}[]`)];
    if (name === 'kind' && property.const !== undefined)
      return [`| \`${key}\` | \`${String(property.const)}\` | | ${property.description ?? ''} |`];
    return [rowOf(key, property)];
  });
}

function rowOf(key: string, property: Schema): string {
  return `| \`${key}\` | ${kindOf(property)} | ${defaultOf(property)} | ${property.description ?? ''} |`;
}

function kindOf({ type, enum: choices, items }: Schema): string {
  if (choices) return choices.map((choice) => `\`${String(choice)}\``).join(', ');
  return type === 'array' && items ? `list of ${kindOf(items)}` : (type ?? '');
}

function defaultOf({ default: value }: Schema): string {
  return value === undefined ? '' : `\`${JSON.stringify(value)}\``;
}

if (process.argv[1] === import.meta.filename) {
  await writeFile(path.resolve(import.meta.dirname, '../docs/configuration.md'), configurationPage());
}
