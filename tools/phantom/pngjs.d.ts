/** The part of pngjs (which ships no types) that is used here. */
declare module 'pngjs' {
  interface Options {
    readonly width?: number;
    readonly height?: number;
    readonly colorType?: 0 | 2 | 4 | 6;
    readonly inputColorType?: 0 | 2 | 4 | 6;
    readonly inputHasAlpha?: boolean;
  }
  export class PNG {
    constructor(options?: Options);
    width: number;
    height: number;
    data: Buffer;
    static readonly sync: { write(png: PNG, options?: Options): Buffer; read(bytes: Uint8Array): PNG };
  }
}
