import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { readdir, readFile } from 'node:fs/promises';
import path from 'node:path';
import { MaskwrightError } from '@maskwright/errors';
import { parse as parseYaml } from 'yaml';
import type { z } from 'zod';
import { type FamilyTemplates, familyTemplatesSchema } from './family-templates.ts';
import type { Family, Task } from './task.ts';
import { taskSchema } from './task-schema.ts';
import { type Vocabulary, vocabularySchema } from './vocabulary.ts';

export interface Catalogue {
  /** In the order of their ids. */
  readonly tasks: readonly Task[];
  readonly families: ReadonlyMap<Family, FamilyTemplates>;
  /** Other names of the targets, in several languages. */
  readonly vocabulary: Vocabulary;
  /** @throws MaskwrightError TASK_UNKNOWN */
  task(id: string): Task;
  /** @throws MaskwrightError CATALOGUE_INVALID where the family has no templates */
  templates(family: Family): FamilyTemplates;
}

/**
 * Reads `tasks/*.yaml`, `prompts/*.yaml` and `vocabulary.yaml` of a folder.
 * @throws MaskwrightError INPUT_NOT_FOUND (no such folder), CATALOGUE_INVALID (naming file and key)
 */
export async function loadCatalogue(directory: string): Promise<Catalogue> {
  const families = new Map<Family, FamilyTemplates>();
  const digests = new Map<Family, string>();
  for (const { file, content } of await readAll(path.join(directory, 'prompts'))) {
    const templates = parseFile(familyTemplatesSchema, file, content);
    mustBeNamed(file, templates.family);
    families.set(templates.family, templates);
    digests.set(templates.family, content);
  }
  const tasks: Task[] = [];
  for (const { file, content } of await readAll(path.join(directory, 'tasks'))) {
    const task = parseFile(taskSchema, file, content);
    mustBeNamed(file, task.id);
    const templates = families.get(task.family);
    if (!templates) throw invalid(file, `family: there is no prompts/${task.family}.yaml`);
    for (const key of ['promptType', 'ensemble', 'secondPass'] as const) {
      const missing = [task[key] ?? []].flat().find((type) => !templates.types[type]);
      if (missing) throw invalid(file, `${key}: prompts/${task.family}.yaml has no ${missing}`);
    }
    tasks.push({ ...task, digest: sha256(content, digests.get(task.family) ?? '') });
  }
  return catalogueOf(tasks, families, await readVocabulary(path.join(directory, 'vocabulary.yaml')));
}

function catalogueOf(
  tasks: readonly Task[],
  families: ReadonlyMap<Family, FamilyTemplates>,
  vocabulary: Vocabulary,
): Catalogue {
  return {
    tasks,
    families,
    vocabulary,
    task(id) {
      const task = tasks.find((one) => one.id === id);
      if (!task)
        throw new MaskwrightError('TASK_UNKNOWN', `no task ${id}; there are ${tasks.map((one) => one.id).join(', ')}`);
      return task;
    },
    templates(family) {
      const templates = families.get(family);
      if (!templates) throw new MaskwrightError('CATALOGUE_INVALID', `there is no prompts/${family}.yaml`);
      return templates;
    },
  };
}

async function readAll(folder: string): Promise<{ file: string; content: string }[]> {
  let names: string[];
  try {
    names = await readdir(folder);
  } catch (cause) {
    throw new MaskwrightError('INPUT_NOT_FOUND', `catalogue folder ${folder}`, { cause });
  }
  const files = names
    .filter((name) => name.endsWith('.yaml'))
    .sort()
    .map((name) => path.join(folder, name));
  return Promise.all(files.map(async (file) => ({ file, content: await readFile(file, 'utf8') })));
}

/** A catalogue may do without one. */
async function readVocabulary(file: string): Promise<Vocabulary> {
  return existsSync(file) ? parseFile(vocabularySchema, file, await readFile(file, 'utf8')) : {};
}

function parseFile<Schema extends z.ZodType>(schema: Schema, file: string, content: string): z.infer<Schema> {
  let value: unknown;
  try {
    value = parseYaml(content);
  } catch (cause) {
    throw invalid(file, `not YAML (${cause instanceof Error ? cause.message.split('\n')[0] : ''})`, cause);
  }
  const parsed = schema.safeParse(value);
  if (parsed.success) return parsed.data;
  throw invalid(
    file,
    parsed.error.issues.map((issue) => `${issue.path.join('.') || 'top level'}: ${issue.message}`).join('; '),
  );
}

function mustBeNamed(file: string, name: string): void {
  if (path.basename(file) !== `${name}.yaml`) throw invalid(file, `the file must be named ${name}.yaml`);
}

function invalid(file: string, what: string, cause?: unknown): MaskwrightError {
  return new MaskwrightError('CATALOGUE_INVALID', `${file}: ${what}`, { cause });
}

function sha256(...contents: readonly string[]): string {
  const hash = createHash('sha256');
  for (const content of contents) hash.update(content).update('\0');
  return hash.digest('hex');
}
