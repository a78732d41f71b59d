import { type AllPrompts, type Attribute, said } from '@maskwright/prompt';
import type { Report, TargetReport, TaskReport } from './prompt-report.ts';

/** A report as a radiologist reads it. */
export function reportText({ attributes, warnings, tasks, refused }: Report): string {
  const header = [
    'What the header says\n',
    attributes.length > 0 ? table(attributes.map(row), '  ') : '  nothing that a prompt may use\n',
    ...warnings.map((warning) => `  warning: ${warning}\n`),
  ].join('');
  if (tasks.length > 0) return [header, ...tasks.map((task) => taskText(task, warnings))].join('\n');
  return `${header}\nNo task of the catalogue applies; the nearest:\n${nearest(refused).join('')}`;
}

/** The tasks that the fewest rules speak against. */
function nearest(refused: Report['refused']): string[] {
  const fewest = Math.min(...refused.map(({ reasons }) => reasons.length));
  return refused
    .filter(({ reasons }) => reasons.length === fewest)
    .map(({ task, reasons }) => `  ${task}: ${reasons.join('; ')}\n`);
}

function taskText({ title, task, reasons, targets }: TaskReport, told: readonly string[]): string {
  const head = `${title} (${task})\n  because ${reasons.join('; ')}\n`;
  return [head, ...targets.map((target) => targetText(target, told))].join('\n');
}

function targetText({ target, prompt, prompts, missing, warnings }: TargetReport, told: readonly string[]): string {
  const tokens = prompt.tokens === undefined ? 'tokens not counted' : `${prompt.tokens} of ${prompt.maxTokens} tokens`;
  return [
    `  ${target}\n`,
    `    asked: "${prompt.text}" (${prompt.type}, ${tokens} of ${prompt.model})\n`,
    promptsText(prompts, '      ', missing),
    ...warnings.filter((warning) => !told.includes(warning)).map((warning) => `    warning: ${warning}\n`),
  ].join('');
}

/** Every wording of each type, a line each, with what is missing for the type. */
export function promptsText(prompts: AllPrompts, indent = '', missing: TargetReport['missing'] = {}): string {
  return Object.entries(prompts)
    .flatMap(([type, wordings]) =>
      wordings.map((wording, index) => {
        const unknown = index === 0 ? (missing[type] ?? []) : [];
        const note = unknown.length > 0 ? `  (${unknown.join(', ')} not known)` : '';
        return `${indent}${index === 0 ? type.toUpperCase() : '  '}  "${wording}"${note}\n`;
      }),
    )
    .join('');
}

function row(attribute: Attribute): string[] {
  const { name, unit, code, source, origin } = attribute;
  const value = [said(attribute), unit === 'a' ? 'years' : '', code ? `(${code.scheme} ${code.value})` : ''];
  return [name, value.filter(Boolean).join(' '), `${source}, ${origin}`];
}

function table(rows: readonly (readonly string[])[], indent: string): string {
  const widths = [0, 1].map((column) => Math.max(...rows.map((cells) => cells[column]?.length ?? 0)));
  const line = (cells: readonly string[]) => cells.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join('  ');
  return rows.map((cells) => `${indent}${line(cells).trimEnd()}\n`).join('');
}
