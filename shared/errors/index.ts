/**
 * One class and one table of error codes. A message names what was wrong and where; the table says what to do about it
 * and whether trying again can help. Messages carry UIDs and paths, never patient data.
 */
export interface ErrorCodeEntry {
  readonly meaning: string;
  readonly remedy: string;
  /** Transient: the same call may succeed later. Permanent errors go to the dead letters with their reason. */
  readonly retryable: boolean;
}

export const ERROR_CODES = {
  USAGE: { meaning: 'The command line is wrong', remedy: 'See `maskwright help`.', retryable: false },
  CONFIG_INVALID: {
    meaning: 'The configuration cannot be used',
    remedy: 'Correct the key that is named; docs/configuration.md lists all of them.',
    retryable: false,
  },
  CATALOGUE_INVALID: {
    meaning: 'A task file cannot be used',
    remedy: 'Correct the key that is named in the file under catalogue/.',
    retryable: false,
  },
  NOT_DICOM: {
    meaning: 'The file is not DICOM Part 10',
    remedy: 'Give a DICOM file, or leave this one out.',
    retryable: false,
  },
  DICOM_MALFORMED: {
    meaning: 'The DICOM object breaks its own encoding',
    remedy: 'Ask the sending system for the object again; the element that is named is the broken one.',
    retryable: false,
  },
  DICOM_MISSING: {
    meaning: 'A required DICOM attribute is absent or empty',
    remedy: 'The sending system must fill the attribute that is named.',
    retryable: false,
  },
  NO_PIXEL_DATA: {
    meaning: 'The object has no image pixels',
    remedy: 'Only images can be segmented; leave this object out.',
    retryable: false,
  },
  SOURCE_GONE: {
    meaning: 'The images are no longer in the archive',
    remedy: 'Nothing: the study or series was deleted; where it was not, look at the log of the PACS.',
    retryable: false,
  },
  PIXELS_UNSUPPORTED: {
    meaning: 'The pixels are in a form that cannot be decoded here',
    remedy: 'Have the PACS transcode to Explicit VR Little Endian.',
    retryable: false,
  },
  PIXELS_CORRUPT: {
    meaning: 'The pixels cannot be decoded',
    remedy: 'Ask the sending system for the object again.',
    retryable: false,
  },
  GEOMETRY_INVALID: {
    meaning: 'The images of the series do not form one stack',
    remedy: 'Segment the images apart, or correct the series.',
    retryable: false,
  },
  ARCHIVE_UNREACHABLE: {
    meaning: 'The archive does not answer',
    remedy: 'Check archive.url and that the PACS is running; services that run wait for it, and no job is lost.',
    retryable: true,
  },
  ARCHIVE_REFUSED: {
    meaning: 'The archive refused the request',
    remedy: 'Check the credentials and the rights of the account, and the log of the PACS.',
    retryable: false,
  },
  ARCHIVE_DENIED: {
    meaning: 'The archive does not accept the credentials',
    remedy: 'Renew what archive.auth or archive.tls names; services that run wait for it, and no job is lost.',
    retryable: true,
  },
  ARCHIVE_FULL: {
    meaning: 'The archive could not take the object now',
    remedy: 'Make room in the PACS and see its log; the result waits on disk and is delivered again.',
    retryable: true,
  },
  QUEUE_UNREACHABLE: {
    meaning: 'The broker does not answer',
    remedy: 'Check queue.brokers and that Kafka is running; services that run wait for it, and no job is lost.',
    retryable: true,
  },
  QUEUE_UNREADABLE: {
    meaning: 'A batch of messages in Kafka cannot be unpacked',
    remedy:
      'Nothing where it was passed over, but to mend whoever sent it; one that is waited for: let another replica lead its partition, or delete the records up to it (docs/operations.md).',
    retryable: true,
  },
  MESSAGE_INVALID: {
    meaning: 'A message does not follow its schema',
    remedy: 'The producer must send the documented form; the message was set aside.',
    retryable: false,
  },
  JOB_UNKNOWN: {
    meaning: 'There is no such job',
    remedy: '`maskwright replay` lists those that were set aside or deleted in the archive.',
    retryable: false,
  },
  TASK_UNKNOWN: { meaning: 'There is no such task', remedy: 'See catalogue/ for the tasks.', retryable: false },
  MODEL_UNKNOWN: { meaning: 'There is no such model', remedy: 'See models/ for the bundles.', retryable: false },
  BUNDLE_INVALID: {
    meaning: 'The model bundle cannot be used',
    remedy:
      'Install the bundle again from its source, or have its maker correct it; docs/bundles.md lists the reasons.',
    retryable: false,
  },
  BUNDLE_UNTRUSTED: {
    meaning: 'The model bundle has no signature of a trusted key',
    remedy: "Get the bundle signed by its maker, or add the maker's public key to models.trustedKeys.",
    retryable: false,
  },
  KEY_INVALID: {
    meaning: 'The file is not an Ed25519 key in PEM',
    remedy: 'docs/bundles.md says how keys are made; MASKWRIGHT_KEY_PASSPHRASE opens an encrypted one.',
    retryable: false,
  },
  PROMPT_TOO_LONG: {
    meaning: 'The prompt is longer than the model takes',
    remedy: 'Use fewer words; nothing is ever cut unseen.',
    retryable: false,
  },
  INFERENCE_FAILED: {
    meaning: 'The model could not be run on this image',
    remedy: 'See the cause; the model or its runtime does not fit this machine or image.',
    retryable: false,
  },
  RESULT_INVALID: {
    meaning: 'The result was read back and is not what it should be',
    remedy: 'Report it with its reason: nothing was stored. The source images may be unlike any that were tried.',
    retryable: false,
  },
  INPUT_NOT_FOUND: { meaning: 'There is no such file or folder', remedy: 'Check the path.', retryable: false },
  INPUT_UNREADABLE: {
    meaning: 'The file cannot be read',
    remedy: 'Give a regular file of less than 2 GiB that you may read, or leave this one out.',
    retryable: false,
  },
  PICTURE_INVALID: {
    meaning: 'The picture cannot be read',
    remedy: 'Save it again, whole, as PNG or JPEG of at most 8192 × 8192 pixels.',
    retryable: false,
  },
  MASK_INVALID: {
    meaning: 'The mask cannot be used',
    remedy: 'Give a PNG, DICOM SEG or NIfTI of one structure, as large as its image and in its place.',
    retryable: false,
  },
  OUTPUT_UNWRITABLE: {
    meaning: 'The output cannot be written',
    remedy: 'Check that the folder exists, may be written, and has space.',
    retryable: true,
  },
  UNEXPECTED: {
    meaning: 'A fault of the program itself',
    remedy: 'Report it with its reason; after an update, replay the job.',
    retryable: false,
  },
} as const satisfies Record<string, ErrorCodeEntry>;

export type ErrorCode = keyof typeof ERROR_CODES;

export class MaskwrightError extends Error {
  readonly code: ErrorCode;
  constructor(code: ErrorCode, message: string, options?: { readonly cause?: unknown }) {
    super(message, options);
    this.name = 'MaskwrightError';
    this.code = code;
  }
  get retryable(): boolean {
    return ERROR_CODES[this.code].retryable;
  }
  get remedy(): string {
    return ERROR_CODES[this.code].remedy;
  }
}

/** The one line that a person sees: what, where, and what to do. */
export function describeError(error: unknown): string {
  return error instanceof MaskwrightError ? `${reasonOf(error)}. ${error.remedy}` : reasonOf(error);
}

/** For logs and answers: what is none of ours is a fault of the program itself. */
export function codeOf(error: unknown): ErrorCode {
  return error instanceof MaskwrightError ? error.code : 'UNEXPECTED';
}

/** What and where, without what to do. */
export function reasonOf(error: unknown): string {
  if (error instanceof MaskwrightError) return `${error.code}: ${error.message}`;
  return messageOf(error);
}

/** What an error says, whatever was thrown. */
export function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
