import type { z } from 'zod';

interface Class {
  readonly family: string;
  readonly name: string;
  readonly channel?: number;
}

/** A structure of a family comes once. */
export function uniqueClasses({ classes }: { readonly classes: readonly Class[] }, context: z.RefinementCtx): void {
  const seen = new Set<string>();
  for (const [index, { family, name }] of classes.entries()) {
    const key = `${family}/${name}`;
    if (seen.has(key)) context.addIssue({ code: 'custom', path: ['classes', index], message: `${key} comes twice` });
    seen.add(key);
  }
}

/** Results are keyed by the structure's name, so a name has one channel in all families. */
export function conventionalRules(
  { kind, classes }: { readonly kind: string; readonly classes: readonly Class[] },
  context: z.RefinementCtx,
): void {
  if (kind !== 'conventional') return;
  const channels = new Map<string, number>();
  for (const [index, { name, channel }] of classes.entries()) {
    if (channel === undefined) continue;
    const before = channels.get(name) ?? channel;
    if (before !== channel)
      context.addIssue({
        code: 'custom',
        path: ['classes', index, 'channel'],
        message: `${name} has channel ${before} elsewhere`,
      });
    channels.set(name, before);
  }
}

/** A decoder of one family needs the features that only a split conventional model gives to all. */
export function decoderRules(
  {
    kind,
    graphs,
    domain,
  }: {
    readonly kind: string;
    readonly graphs: object;
    readonly domain: Readonly<Record<string, { decoder?: unknown }>>;
  },
  context: z.RefinementCtx,
): void {
  if (kind === 'conventional' && 'decoder' in graphs) return;
  for (const [family, { decoder }] of Object.entries(domain))
    if (decoder !== undefined)
      context.addIssue({
        code: 'custom',
        path: ['domain', family, 'decoder'],
        message: 'only a conventional model whose graphs are image and decoder has decoders of families',
      });
}

/** The manifest and its signature cannot hold digests of themselves. */
const OWN_FILES = ['manifest.json', 'manifest.json.sig'];
export function fileRules(
  { documents }: { readonly documents?: readonly { readonly file: string }[] | undefined },
  context: z.RefinementCtx,
): void {
  for (const [index, { file }] of (documents ?? []).entries())
    if (OWN_FILES.includes(file))
      context.addIssue({ code: 'custom', path: ['documents', index, 'file'], message: `${file} is never a document` });
}
