import type { DataSet } from '@maskwright/dicom';

/** Source Application Entity Title of the file meta information (PS3.10 section 7.1), where a file or archive has it. */
const SOURCE_AE = '00020016';
/** What dcm4chee-arc calls itself as a private creator, and its Sending Application Entity Title of Series. */
const DCM4CHEE = { creator: 'DCM4CHEE Archive 5', group: '7777', element: '37' };

/** Application entity title of whoever sent the series, as far as an archive's answer tells it. */
export function callingAEOf(series: DataSet): string | undefined {
  return first(series, SOURCE_AE) ?? first(series, privateTag(series));
}

/** PS3.5 section 7.8.1: the block that a private creator has reserved. */
function privateTag(series: DataSet): string {
  const { creator, group, element } = DCM4CHEE;
  for (const tag of Object.keys(series)) {
    const [, block] = new RegExp(`^${group}00([1-9A-F][0-9A-F])$`).exec(tag) ?? [];
    if (block && first(series, tag) === creator) return `${group}${block}${element}`;
  }
  return '';
}

function first(series: DataSet, tag: string): string | undefined {
  const value = series[tag]?.Value?.[0];
  return typeof value === 'string' && value.trim() !== '' && value.length <= 64 ? value.trim() : undefined;
}
