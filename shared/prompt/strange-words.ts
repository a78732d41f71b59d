import type { FamilyTemplates, TemplatePart, Vocabulary } from '@maskwright/catalogue';

/** What stands for the attributes in a prompt, as far as it is an English word (arXiv:2308.07706, section 3, and the paper's files). */
const VALUES = `one two three four five six seven eight nine ten twenty thirty forty fifty sixty seventy eighty ninety several multiple
  tiny small medium large round oval ovoid circle circular square rectangle rectangular triangle triangular
  octagon shape shaped diamond star teardrop protrusion regular irregular
  black white gray grey brown tan red orange yellow green blue purple pink
  left right top bottom center centre middle upper lower
  frontal lateral two-chamber four-chamber diastole systole female male woman man patient good medium poor quality
  benign malignant chest abdomen heart colon rectum breast brain head retina foot skin`;
const FILLERS = `a an the this that these both all any please show me find segment mark outline draw mask
  in on at of to for from with and or is are its within inside side part whole image picture scan photo photograph view`;

/**
 * Words of a person that no prompt of a family of images holds: the language model, which was trained on those prompts, has not
 * learned what they mean there, so they change the mask by chance. Each once, in lower case.
 * @param names of the structures that the words may name
 */
export function strangeWords(
  text: string,
  { templates, vocabulary }: { readonly templates: FamilyTemplates; readonly vocabulary: Vocabulary },
  names: readonly string[],
): string[] {
  const isNamed = (name: string) => names.some((one) => one.toLowerCase() === name.toLowerCase());
  const others = Object.entries(vocabulary).flatMap(([name, { en = [] }]) => (isNamed(name) ? en : []));
  const known = new Set(lettersOf([...names, ...others, ...promptTexts(templates), VALUES, FILLERS].join(' ')));
  const isKnown = (word: string) =>
    [word, word.replace(/s$/, ''), word.replace(/es$/, ''), `${word}s`].some((form) => known.has(form));
  return [...new Set(lettersOf(text).filter((word) => !isKnown(word)))];
}

function promptTexts({ types, descriptions, synonyms, derived }: FamilyTemplates): string[] {
  return [
    ...Object.values(types).flatMap((wordings) => wordings.flatMap(({ parts }) => fixedWords(parts))),
    ...Object.values(descriptions).flat(),
    ...Object.values(synonyms).flatMap((spellings) => Object.values(spellings)),
    ...Object.values(derived).flatMap(({ words }) => Object.values(words)),
  ];
}

function fixedWords(parts: readonly TemplatePart[]): string[] {
  return parts.flatMap((part) => {
    if (part.kind === 'words') return [part.words];
    return part.kind === 'choice' ? part.choices.flatMap((choice) => fixedWords(choice.parts)) : [];
  });
}

function lettersOf(text: string): string[] {
  return text.toLowerCase().match(/\p{L}+/gu) ?? [];
}
