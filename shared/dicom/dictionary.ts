import dcmjs, { type DictionaryEntry } from 'dcmjs';

// dcmjs prints the values that it finds odd: patient data, which belongs in no log. What is odd is told by our reader.
for (const log of [dcmjs.log, dcmjs.log.getLogger('validation.dcmjs')]) log.setLevel('silent');

/** What an ambiguous entry of the dictionary ("US or SS") stands for, where the data set does not tell. */
const AMBIGUOUS: Readonly<Record<string, string>> = { ox: 'OW', xs: 'US', lt: 'OW', up: 'UL', na: 'UN' };

const { nameMap } = dcmjs.data.DicomMetaDictionary;
/** dcmjs knows its entries by name only. They stay its own: five thousand copies would take 4 MiB in each process. */
const byTag = new Map<string, DictionaryEntry>();
for (const entry of Object.values(nameMap)) if (entry) byTag.set(hexadecimal(entry.tag), entry);
/** Of the keywords that were asked for, which are a few hundred. */
const tags = new Map<string, string>();

/** Tag of a DICOM keyword (PS3.6) as eight upper-case hexadecimal digits. A wrong keyword is a bug of ours, hence TypeError. */
export function tagOf(keyword: string): string {
  const known = tags.get(keyword);
  if (known !== undefined) return known;
  const entry = Object.hasOwn(nameMap, keyword) ? nameMap[keyword] : undefined;
  if (entry === undefined) throw new TypeError(`no DICOM keyword ${keyword}`);
  const tag = hexadecimal(entry.tag);
  tags.set(keyword, tag);
  return tag;
}

/** Keyword of a tag; undefined for private and unknown tags. */
export function keywordOf(tag: string): string | undefined {
  return byTag.get(tag)?.name.replace(/^RETIRED_/, '');
}

/** Whether PS3.6 has the element hold one value and no more. */
export function isSingle(tag: string): boolean {
  return byTag.get(tag)?.vm === '1';
}

/** VR of a tag by the dictionary: UL for group lengths, UN for private and unknown tags. */
export function vrOf(tag: string): string {
  if (tag.endsWith('0000')) return 'UL';
  // Repeating groups (overlays, curves) have the entries of their first group.
  const repeated = /^(60|50)[0-9A-F]{2}/.test(tag) ? `${tag.slice(0, 2)}00${tag.slice(4)}` : tag;
  const vr = byTag.get(repeated)?.vr ?? 'UN';
  return AMBIGUOUS[vr] ?? vr;
}

/** Whether PS3.6 leaves the VR to the pixel description: "OB or OW", "US or SS". */
export function openVrOf(tag: string): 'binary' | 'short' | undefined {
  const vr = byTag.get(tag)?.vr;
  return vr === 'ox' ? 'binary' : vr === 'xs' ? 'short' : undefined;
}

/** Of a tag as dcmjs has it: `(0008,0005)`. */
function hexadecimal(tag: string): string {
  return (tag.slice(1, 5) + tag.slice(6, 10)).toUpperCase();
}
