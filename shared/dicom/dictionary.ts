import dcmjs from 'dcmjs';

// dcmjs prints the values that it finds odd: patient data, which belongs in no log. What is odd is told by our reader.
for (const log of [dcmjs.log, dcmjs.log.getLogger('validation.dcmjs')]) log.setLevel('silent');

/** What an ambiguous entry of the dictionary ("US or SS") stands for, where the data set does not tell. */
const AMBIGUOUS: Readonly<Record<string, string>> = { ox: 'OW', xs: 'US', lt: 'OW', up: 'UL', na: 'UN' };

interface Entry {
  readonly keyword: string;
  readonly vr: string;
  readonly vm: string;
  readonly open?: 'binary' | 'short';
}
const byTag = new Map<string, Entry>();
const byKeyword = new Map<string, string>();
for (const [name, entry] of Object.entries(dcmjs.data.DicomMetaDictionary.nameMap)) {
  if (entry === undefined) continue;
  const keyword = name.replace(/^RETIRED_/, '');
  const open = entry.vr === 'ox' ? 'binary' : entry.vr === 'xs' ? 'short' : undefined;
  byKeyword.set(name, hexadecimal(entry.tag));
  const vr = AMBIGUOUS[entry.vr] ?? entry.vr;
  byTag.set(hexadecimal(entry.tag), { keyword, vr, vm: entry.vm, ...(open ? { open } : {}) });
}

/** Tag of a DICOM keyword (PS3.6) as eight upper-case hexadecimal digits. A wrong keyword is a bug of ours, hence TypeError. */
export function tagOf(keyword: string): string {
  const tag = byKeyword.get(keyword);
  if (tag === undefined) throw new TypeError(`no DICOM keyword ${keyword}`);
  return tag;
}

/** Keyword of a tag; undefined for private and unknown tags. */
export function keywordOf(tag: string): string | undefined {
  return byTag.get(tag)?.keyword;
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
  return byTag.get(repeated)?.vr ?? 'UN';
}

/** Whether PS3.6 leaves the VR to the pixel description: "OB or OW", "US or SS". */
export function openVrOf(tag: string): 'binary' | 'short' | undefined {
  return byTag.get(tag)?.open;
}

function hexadecimal(tag: string): string {
  return tag.replace(/[(),]/g, '').toUpperCase();
}
