/** What goes between the process that decodes and the one that asks. Only plain values: it is copied by structured clone. */

export type CodecName = 'jpeg' | 'jpeg-xl' | 'jpeg-ls' | 'jpeg-2000' | 'htj2k';

/** What the data set says about the frame; decoders that cannot tell it from the codestream need it. */
export interface ClaimedFrame {
  readonly rows: number;
  readonly columns: number;
  readonly samples: number;
  readonly bitsAllocated: number;
  readonly bitsStored: number;
  readonly signed: boolean;
  readonly photometric: string;
}
export interface DecodeRequest {
  readonly codec: CodecName;
  readonly codestream: Uint8Array;
  readonly claimed: ClaimedFrame;
}

/** Samples as the decoder's memory had them, little-endian. */
export interface DecodedCodestream {
  readonly bytes: Uint8Array;
  readonly columns: number;
  readonly rows: number;
  readonly samples: number;
  /** Of each sample; values lie in as many whole bytes as that needs. */
  readonly bits: number;
  /** Plane by plane instead of interleaved. */
  readonly planar: boolean;
}
/** The first one says that the process has started. */
export type DecodeReply =
  | { readonly ready: true }
  | { readonly decoded: DecodedCodestream }
  | { readonly failure: string };
