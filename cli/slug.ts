/** Name of a structure as a part of a file name. */
export function slug(name: string): string {
  return name
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '-')
    .replace(/^-|-$/g, '');
}

/** The same for several structures, each its own: one that was asked for twice, and one in no Latin letters, too. */
export function slugs(names: readonly string[]): string[] {
  const taken = new Set<string>();
  return names.map((name) => {
    const plain = slug(name) || 'structure';
    let own = plain;
    for (let count = 2; taken.has(own); count += 1) own = `${plain}-${count}`;
    taken.add(own);
    return own;
  });
}
