import { type Site, siteOf } from '@maskwright/catalogue';
import { type DataSet, text } from '@maskwright/dicom';
import type { Provenance } from '@maskwright/queue';

/**
 * Where a result's image comes from, in words that may stand on a metric: a device's model and a site's configured name, and
 * nothing else of the header.
 */
export function provenanceOf(
  dataset: DataSet,
  bundle: { readonly id: string; readonly version: string },
  sites: readonly Site[],
): Provenance {
  return {
    bundle: bundle.id,
    version: bundle.version,
    modality: plain(text(dataset, 'Modality'), /^[A-Z0-9_ ]{1,16}$/),
    device: plain(text(dataset, 'ManufacturerModelName'), /^[\p{L}\p{N}][\p{L}\p{N} .,+\-_/()]{0,63}$/u),
    site: siteOf(sites, dataset) ?? 'other',
  };
}

function plain(value: string | undefined, form: RegExp): string {
  const trimmed = value?.trim() ?? '';
  if (trimmed === '') return 'not stated';
  return form.test(trimmed) ? trimmed : 'not plain';
}
