import type { View } from './projection.ts';

/**
 * Rules on a series. It passes when each stated rule holds. Text is compared without case; what a header says is matched,
 * and never quoted in a reason.
 */
export interface Conditions {
  readonly modality?: readonly string[];
  /** BodyPartExamined, one of these; a series without one passes unless `bodyPartRequired`. */
  readonly bodyPart?: readonly string[];
  readonly bodyPartRequired?: boolean;
  /** Any of these words in SeriesDescription, ProtocolName or StudyDescription; used only where BodyPartExamined is absent. */
  readonly description?: readonly string[];
  /** Coded regions of AnatomicRegionSequence that are as good as a body part, as `SCT:80891009`. */
  readonly anatomicRegion?: readonly string[];
  /** Modalities whose series need no body part and no description. */
  readonly anyBodyPart?: readonly string[];
  /** Words of ImageType (US: value 3, PS3.3 C.8.5.6.1.1) that are as good as a description. */
  readonly imageType?: readonly string[];
  readonly excludeImageType?: readonly string[];
  /** A series whose metadata does not state the SOP class passes. */
  readonly sopClass?: readonly string[];
  /** Words in SeriesDescription or ProtocolName; the study's description speaks of other series too and is not asked. */
  readonly excludeDescription?: readonly string[];
  /** SeriesDescription or ProtocolName as a whole is like one of these; `*` is any text, `?` one character. */
  readonly descriptionPattern?: readonly string[];
  readonly excludeDescriptionPattern?: readonly string[];
  /** Projections, as `projectionOf` reads them. A series that states none does not pass. */
  readonly view?: readonly View[];
  /** A series that states none passes. */
  readonly excludeView?: readonly View[];
  /** Years at the time of the study, both bounds inclusive. A series that states no age passes unless `required`. */
  readonly age?: Range & { readonly required?: boolean };
  /** InstitutionName, InstitutionalDepartmentName, StationName or ClinicalTrialSiteID is like one of these patterns. */
  readonly site?: readonly string[];
  /** Application entity title of whoever sent the series to the archive, like one of these patterns. Unknown: does not pass. */
  readonly callingAE?: readonly string[];
  /** Images of the series, frames counted; both bounds inclusive. Unknown: passes. */
  readonly slices?: Range;
  /** Each of these groups holds. */
  readonly all?: readonly Conditions[];
  /** At least one of these groups holds. */
  readonly any?: readonly Conditions[];
  /** This group does not hold. Unknown: passes, unless the group says that it must be known. */
  readonly not?: Conditions;
}

export interface Range {
  readonly from?: number;
  readonly to?: number;
}

/** A series is selected when each stated rule holds. */
export interface Selection extends Conditions {
  /** Always stated: it decides, before a header is read, which series are looked at. */
  readonly modality: readonly string[];
}

/** Of the tasks that name the same group, only the first that selects an image (slices: the series) gets it: lowest `order`, then by id. */
export interface FirstOf {
  readonly group: string;
  readonly order: number;
}

/** What is known of a series beyond the metadata of one of its instances. */
export interface SeriesFacts {
  /** Images of the series, frames counted. */
  readonly slices?: number | undefined;
  readonly callingAE?: string | undefined;
}
