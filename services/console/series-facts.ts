import { type DataSet, text } from '@maskwright/dicom';
import type { Archive } from '@maskwright/dicomweb';
import { Cache } from './cache.ts';
import type { WorklistEntry } from './worklist.ts';

/** What the page says about a series: enough to find it in the PACS, nothing that names a patient. */
export interface Facts {
  readonly modality: string | null;
  readonly bodyPart: string | null;
  /** YYYYMMDD. */
  readonly studyDate: string | null;
}

/** Asked of the archive when a line comes into view. */
export class SeriesFacts {
  readonly #archive: Archive;
  readonly #cache = new Cache<Facts>(5000, () => 1);
  constructor(archive: Archive) {
    this.#archive = archive;
  }

  of({ study, series }: Pick<WorklistEntry, 'study' | 'series'>): Promise<Facts> {
    return this.#cache.get(`${study} ${series}`, async () => {
      const all = await this.#archive.searchSeries(study);
      const entry = all.find(({ seriesInstanceUID }) => seriesInstanceUID === series);
      const { dataset } = entry ?? { dataset: {} };
      const studyDate = text(dataset, 'StudyDate') ?? (await this.#studyDate(study));
      return {
        modality: plain(entry?.modality ?? text(dataset, 'Modality')),
        bodyPart: plain(text(dataset, 'BodyPartExamined')),
        studyDate: dateOnly(studyDate),
      };
    });
  }

  async #studyDate(study: WorklistEntry['study']): Promise<string | undefined> {
    for await (const { dataset } of this.#archive.searchStudies({ studyInstanceUID: study, limit: 1 })) {
      return text(dataset, 'StudyDate');
    }
    return undefined;
  }
}

/** As the headers of the images themselves say it. */
export function factsOf(dataset: DataSet): Facts {
  return {
    modality: plain(text(dataset, 'Modality')),
    bodyPart: plain(text(dataset, 'BodyPartExamined')),
    studyDate: dateOnly(text(dataset, 'StudyDate')),
  };
}

/** Code strings (PS3.5 section 6.2, CS) only: a header that holds free text here is not shown. */
function plain(value: string | undefined): string | null {
  return value !== undefined && /^[A-Z0-9_ ]{1,16}$/i.test(value) ? value : null;
}
function dateOnly(value: string | undefined): string | null {
  return value !== undefined && /^\d{8}$/.test(value) ? value : null;
}
