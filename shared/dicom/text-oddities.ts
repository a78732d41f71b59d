/** Text in which something is meant for a screen, a shell, a path or a model rather than for a reader. */
interface TextOddity {
  readonly remark: string;
  readonly pattern: RegExp;
}

/** Words that stand at the head of a command or a statement. */
const COMMANDS = 'drop|select|insert|update|delete|union|rm|cat|curl|wget|touch|sh|bash|nc|powershell|cmd';

/** Every pattern is linear in the text's length. */
const ODDITIES: readonly TextOddity[] = [
  {
    remark: 'has control characters: shown escaped; no prompt holds it',
    // Line feeds and tabs are judged by VR; ESC is left over only where it is no switch of a character set.
    pattern: /[^\P{Cc}\t\n\f\r]|[\ufff9-\ufffb]/u,
  },
  {
    remark: 'has invisible characters or marks that turn text around: shown escaped; no prompt holds it',
    pattern: /[\u061c\u200b\u200e\u200f\u202a-\u202e\u2060-\u2064\u2066-\u206f\ufeff\u{e0000}-\u{e007f}]/u,
  },
  {
    remark: 'has markup: shown escaped; no prompt holds it',
    pattern:
      /<\/?[a-z][a-z0-9]*(?:\s*\/?>|[\s/]+[a-z-]+\s*=)|<!--|<!doctype|<!entity|&#x?[0-9a-f]+;|javascript:|data:text/i,
  },
  {
    remark: 'has unusual characters (a path): never used as a path',
    pattern: /(?:^|[\\/])\.\.(?:[\\/]|$)|^(?:\/|~\/)\w+\/|^[a-z]:[\\/]|^\\\\\w|%2e%2e|file:\/\//i,
  },
  {
    remark: 'has unusual characters (shell, SQL or a template): plain text, never executed',
    pattern: new RegExp(
      `\\$[({]|\`|&&|\\|\\||\\{\\{|<%|;\\s*(?:${COMMANDS})\\b|\\|\\s*(?:${COMMANDS})\\b|['"]\\s*(?:;|or\\s|and\\s|union\\s)|^[=+@-][a-z]+[(|!]|(?:%[sdnxp]){2}`,
      'i',
    ),
  },
  {
    remark: "has a name of the language's own objects: plain text, objects stay clean",
    pattern: /^(?:__proto__|constructor|prototype|__defineGetter__|__defineSetter__|hasOwnProperty|toString|valueOf)$/,
  },
  {
    remark: 'has instructions: not recognised as an attribute; no prompt holds it',
    pattern:
      /\b(?:ignore|disregard|forget|override)\b[^.]{0,40}\b(?:instructions?|prompts?|previous|earlier|above|rules)\b|\bsystem prompt\b|\byou are now\b/i,
  },
];

/** What is odd about a text, each as a remark that says what is done about it. */
export function oddText(text: string): string[] {
  // What is longer than any VR of words allows is judged by its length.
  const head = text.slice(0, 4096);
  return ODDITIES.flatMap(({ remark, pattern }) => (pattern.test(head) ? [remark] : []));
}
