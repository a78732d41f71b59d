import type { Catalogue } from '@maskwright/catalogue';
import type { Archive } from '@maskwright/dicomweb';
import type { BundleDigest, Queue } from '@maskwright/queue';
import type { Telemetry } from '@maskwright/telemetry';

export interface ConsoleDeps {
  readonly archive: Archive;
  /** Where results are; default: the archive. */
  readonly target?: Archive | undefined;
  readonly queue: Queue;
  readonly catalogue: Catalogue;
  readonly bundleDigest: BundleDigest;
  readonly telemetry: Telemetry;
  readonly now: () => Date;
}
