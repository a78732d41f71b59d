import type { Catalogue } from '@maskwright/catalogue';
import type { Archive } from '@maskwright/dicomweb';
import type { BundleDigest, Queue } from '@maskwright/queue';
import type { Telemetry } from '@maskwright/telemetry';

export interface ConsoleDeps {
  readonly archive: Archive;
  readonly queue: Queue;
  readonly catalogue: Catalogue;
  readonly bundleDigest: BundleDigest;
  readonly telemetry: Telemetry;
  readonly now: () => Date;
}
