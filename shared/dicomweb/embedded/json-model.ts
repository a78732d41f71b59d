import type { DataSet, Element, Instance } from '@maskwright/dicom';

const NUMBERS = new Set(['DS', 'IS']);
/** Longer binary values are bulk data (PS3.18 section 8.7.3.5.1); nobody asks for them here. */
const LONGEST_INLINE = 1024;

/** Header of an instance as metadata has it: numbers as numbers, bulk data and group lengths left out. */
export function indexedHeader(instance: Instance): DataSet {
  return {
    ...jsonModel(instance.dataset),
    '00083002': { vr: 'UI', Value: [instance.transferSyntaxUID] },
  };
}

function jsonModel(dataset: DataSet): DataSet {
  const elements = Object.entries(dataset).filter(([tag, element]) => !tag.endsWith('0000') && !isBulk(element));
  return Object.fromEntries(elements.map(([tag, element]) => [tag, jsonElement(element)]));
}

function isBulk({ InlineBinary }: Element): boolean {
  return InlineBinary !== undefined && InlineBinary.length > LONGEST_INLINE;
}

function jsonElement(element: Element): Element {
  if (!element.Value) return element;
  const Value = element.Value.map((value) => {
    if (element.vr === 'SQ') return isDataSet(value) ? jsonModel(value) : value;
    if (!NUMBERS.has(element.vr) || typeof value !== 'string') return value;
    const number = Number(value);
    return Number.isFinite(number) && value.trim() !== '' ? number : value;
  });
  return { ...element, Value };
}

function isDataSet(value: unknown): value is DataSet {
  return typeof value === 'object' && value !== null;
}
