import { type DataSet, text } from '@maskwright/dicom';
import { found, type Reading } from './reading.ts';

/** Modality (PS3.3 C.7.3.1.1.1) in words. */
const WORDS: Readonly<Record<string, string>> = {
  CR: 'radiograph',
  CT: 'CT',
  DMS: 'dermoscopic image',
  DX: 'radiograph',
  ES: 'endoscopic image',
  GM: 'microscopic image',
  MG: 'mammogram',
  MR: 'MRI',
  NM: 'scintigram',
  OP: 'ophthalmic photograph',
  PT: 'PET',
  RF: 'fluoroscopic image',
  RG: 'radiograph',
  US: 'ultrasound image',
  XA: 'angiogram',
  XC: 'photograph',
};

export function modalityOf(dataset: DataSet): Reading<'modality'> {
  const word = WORDS[text(dataset, 'Modality')?.slice(0, 16).toUpperCase() ?? ''];
  return word ? found('modality', word, 'Modality') : undefined;
}
