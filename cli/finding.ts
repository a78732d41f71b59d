import { MaskwrightError } from '@maskwright/errors';

/** One file, or (with the folder as `path`) one series with a fault. */
export interface Finding {
  readonly path: string;
  readonly verdict: 'ok' | 'warned' | 'rejected';
  readonly errors: readonly string[];
  readonly warnings: readonly string[];
  readonly [attribute: string]: string | number | readonly string[] | undefined;
}

export function rejected(where: string, error: unknown): Finding {
  return { path: where, verdict: 'rejected', errors: [reason(error)], warnings: [] };
}

export function reason(error: unknown): string {
  if (error instanceof MaskwrightError) return `${error.code}: ${error.message}`;
  return `UNEXPECTED: ${error instanceof Error ? error.message : String(error)}`;
}

/** For a person: the finding in a line, its reasons under it. */
export function lineOf(finding: Finding): string {
  const { rows, columns, frames, modality, photometric, transferSyntax } = finding;
  const image =
    rows === undefined
      ? ''
      : ` ${modality ?? '?'} ${rows}×${columns}×${frames} ${photometric ?? ''} ${transferSyntax ?? ''}`;
  const remarks = [...finding.errors, ...finding.warnings].map((remark) => `\n  ${remark}`);
  return printable(`${finding.verdict.padEnd(8)} ${finding.path}${image}`) + remarks.map(printable).join('');
}

/** Terminal escapes and marks that turn text around are shown, not obeyed. */
export function printable(value: string): string {
  return value.replace(/[^\P{C}\n]/gu, (mark) => `\\u${(mark.codePointAt(0) ?? 0).toString(16).padStart(4, '0')}`);
}
