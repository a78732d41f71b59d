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
  readonly required?: readonly string[];
}

export function configurationPage(): string {
  const schema: Schema = JSON.parse(JSON.stringify(z.toJSONSchema(configSchema, { io: 'input' })));
  const rows = rowsOf(schema, '');
  return [
    '# Configuration',
    '',
    'One YAML file, given by `maskwright up --config FILE`. What is not marked *required* may be left out, and any section of the top level; unknown keys are refused. Relative folders and files are taken from the folder of the file. `archive (outside).url` is `url` under `archive` where its `kind` is `outside`. Generated from the schema by `node tools/config-reference.ts`.',
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
    const isRequired = schema.required?.includes(name);
    const section = sectionRow(key, property, isRequired);
    if (variants) return [...section, ...variants.flatMap((variant) => variantRows(variant, key))];
    if (property.properties) return [...section, ...rowsOf(property, key)];
    if (property.items?.properties) return [rowOf(key, property), ...rowsOf(property.items, `${key}[]`)];
    return [rowOf(key, property, isRequired)];
  });
}

/** Of one of several forms of a section, which a key of one possible value tells from the others. */
function variantRows(variant: Schema, section: string): string[] {
  const { properties = {}, description = '' } = variant;
  const [name, mark] = Object.entries(properties).find(([, { const: value }]) => value !== undefined) ?? [];
  if (name === undefined || mark === undefined) return rowsOf(variant, section);
  const { [name]: _, ...others } = properties;
  const form = `${section} (${String(mark.const)})`;
  return [
    `| \`${form}.${name}\` | \`${String(mark.const)}\` | | ${mark.description ?? description} |`,
    ...rowsOf({ ...variant, properties: others }, form),
  ];
}

/** A section that says something of itself, is needed, or has forms of which one is the default. */
function sectionRow(key: string, property: Schema, isRequired = false): string[] {
  const { description = '', anyOf, oneOf } = property;
  const usual = anyOf || oneOf ? usualOf(property, isRequired) : '';
  return description || usual ? [`| \`${key}\` | | ${usual} | ${description} |`] : [];
}

function rowOf(key: string, property: Schema, isRequired = false): string {
  return `| \`${key}\` | ${kindOf(property)} | ${usualOf(property, isRequired)} | ${property.description ?? ''} |`;
}

function usualOf(property: Schema, isRequired: boolean): string {
  return isRequired ? '*required*' : defaultOf(property);
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
