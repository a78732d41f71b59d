/**
 * A sentence with places for attributes, as a person writes it in YAML:
 * `{name}` is an attribute, `{name:filter}` the attribute in another form, `[…]` a phrase that is left out
 * where one of its attributes is missing, `[a|b]` the first of several phrases that can be said, and
 * `[name=value? …]` a phrase that is said only under a condition (`=`, `!=`, `<`, `<=`, `>`, `>=`).
 */
export interface Template {
  readonly source: string;
  readonly parts: readonly TemplatePart[];
  /** Every attribute that has a place, each once. */
  readonly names: readonly string[];
}
export type TemplatePart =
  | { readonly kind: 'words'; readonly words: string }
  | { readonly kind: 'attribute'; readonly name: string; readonly filter: Filter | undefined }
  | { readonly kind: 'choice'; readonly choices: readonly Phrase[] };
export interface Phrase {
  readonly condition: Condition | undefined;
  readonly parts: readonly TemplatePart[];
}
/** Does not hold where the attribute is missing. */
export interface Condition {
  readonly name: string;
  readonly operator: Operator;
  readonly value: string;
}

/** words: 56 → fifty-six. title: Each Word. plural: with an s where `number` is more than one. */
export const FILTERS = ['words', 'title', 'plural'] as const;
export type Filter = (typeof FILTERS)[number];
const OPERATORS = ['!=', '<=', '>=', '=', '<', '>'] as const;
export type Operator = (typeof OPERATORS)[number];

const ATTRIBUTE = /^\{([a-z]+)(?::([a-z]+))?\}/;
const CONDITION = /^([a-z]+) *(!=|<=|>=|=|<|>) *([^?[\]{}|]+?) *\?/;

/** @throws SyntaxError naming the template and the place */
export function parseTemplate(source: string): Template {
  const names = new Set<string>();
  let at = 0;

  const fail = (what: string) => new SyntaxError(`template "${source}", character ${at + 1}: ${what}`);

  function sequence(inside: boolean): TemplatePart[] {
    const parts: TemplatePart[] = [];
    while (at < source.length && !(inside && '|]'.includes(source.charAt(at)))) parts.push(part());
    return parts;
  }

  function part(): TemplatePart {
    const sign = source.charAt(at);
    if (sign === '[') return choice();
    if (sign === '{') return attribute();
    if (']}|'.includes(sign)) throw fail(`unexpected ${sign}`);
    const words = /^[^[\]{}|]+/.exec(source.slice(at))?.[0] ?? '';
    at += words.length;
    return { kind: 'words', words };
  }

  function choice(): TemplatePart {
    const choices: Phrase[] = [];
    do {
      at += 1;
      choices.push({ condition: condition(), parts: sequence(true) });
    } while (source.charAt(at) === '|');
    if (source.charAt(at) !== ']') throw fail('a [ is not closed');
    at += 1;
    return { kind: 'choice', choices };
  }

  function condition(): Condition | undefined {
    const [whole, name, sign, value] = CONDITION.exec(source.slice(at)) ?? [];
    const operator = OPERATORS.find((known) => known === sign);
    if (whole === undefined || name === undefined || value === undefined || !operator) return undefined;
    if (operator !== '=' && operator !== '!=' && Number.isNaN(Number(value))) throw fail(`${value} is not a number`);
    at += whole.length;
    return { name, operator, value };
  }

  function attribute(): TemplatePart {
    const [whole, name, filterName] = ATTRIBUTE.exec(source.slice(at)) ?? [];
    if (whole === undefined || name === undefined) throw fail('expected {attribute} or {attribute:filter}');
    const filter = FILTERS.find((known) => known === filterName);
    if (filterName && !filter) throw fail(`no filter ${filterName}, only ${FILTERS.join(', ')}`);
    names.add(name);
    at += whole.length;
    return { kind: 'attribute', name, filter };
  }

  return { source, parts: sequence(false), names: [...names] };
}
