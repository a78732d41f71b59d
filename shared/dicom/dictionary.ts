import dcmjs from 'dcmjs';

/** Tag of a DICOM keyword (PS3.6) as eight upper-case hexadecimal digits. A wrong keyword is a bug of ours, hence TypeError. */
export function tagOf(keyword: string): string {
  const entry = dcmjs.data.DicomMetaDictionary.nameMap[keyword];
  if (!entry) throw new TypeError(`no DICOM keyword ${keyword}`);
  return entry.tag.replace(/[(),]/g, '').toUpperCase();
}
