import { type KeywordValues, text } from '@maskwright/dicom';
import type { SegInput } from './seg-input.ts';
import { codeItem, fit, moment } from './text-values.ts';

const MAKER = 'Maskwright';
/** What was made, from what, and when. */
type Made = Pick<SegInput, 'algorithm' | 'source' | 'at'>;

/** Enhanced General Equipment (PS3.3 C.7.5.2): all four are type 1. Contributing equipment: C.12.1. */
export function equipment(input: Made): KeywordValues {
  const { algorithm, source } = input;
  return {
    Manufacturer: MAKER,
    ManufacturerModelName: fit(algorithm.name, 'LO'),
    // Software has no serial number; the model's version is what tells one device from another.
    DeviceSerialNumber: fit(algorithm.version, 'LO'),
    SoftwareVersions: fit(algorithm.version, 'LO'),
    ContributingEquipmentSequence: [...acquisition(source.dataset), processing(input)],
  };
}

function processing({ algorithm, source, at }: Made): KeywordValues {
  const { date, time } = moment(at, text(source.dataset, 'TimezoneOffsetFromUTC'));
  return {
    PurposeOfReferenceCodeSequence: [codeItem({ value: '109102', scheme: 'DCM', meaning: 'Processing Equipment' })],
    Manufacturer: MAKER,
    ManufacturerModelName: fit(algorithm.name, 'LO'),
    SoftwareVersions: fit(algorithm.version, 'LO'),
    ContributionDateTime: `${date}${time}`,
    ContributionDescription: 'Segmentation. For research use only.',
  };
}

/** The device that made the images, where it is named. */
function acquisition(dataset: SegInput['source']['dataset']): KeywordValues[] {
  const manufacturer = text(dataset, 'Manufacturer');
  if (!manufacturer) return [];
  const model = text(dataset, 'ManufacturerModelName');
  return [
    {
      PurposeOfReferenceCodeSequence: [codeItem({ value: '109101', scheme: 'DCM', meaning: 'Acquisition Equipment' })],
      Manufacturer: fit(manufacturer, 'LO'),
      ...(model ? { ManufacturerModelName: fit(model, 'LO') } : {}),
    },
  ];
}
