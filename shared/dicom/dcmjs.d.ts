/** The part of dcmjs (which ships no types) that this room uses. What comes out of it is parsed, hence `unknown`. */
declare module 'dcmjs' {
  export interface DictionaryEntry {
    readonly tag: string;
    readonly vr: string;
    readonly vm: string;
    readonly name: string;
  }
  export interface RawElement {
    vr: string;
    Value?: unknown[];
  }
  interface DicomDict {
    meta: Record<string, RawElement>;
    dict: Record<string, RawElement>;
    write(options?: { allowInvalidVRLength?: boolean; fragmentMultiframe?: boolean }): ArrayBuffer;
  }
  export const data: {
    DicomMessage: {
      readFile(
        buffer: ArrayBuffer,
        options?: { ignoreErrors?: boolean; untilTag?: string; noCopy?: boolean },
      ): DicomDict;
    };
    DicomDict: new (meta: Record<string, RawElement>) => DicomDict;
    DicomMetaDictionary: {
      readonly nameMap: Readonly<Record<string, DictionaryEntry | undefined>>;
      denaturalizeDataset(natural: Record<string, unknown>): Record<string, RawElement>;
    };
  };
  interface Logger {
    setLevel(level: string): void;
  }
  export const log: Logger & { getLogger(name: string): Logger };
  const dcmjs: { data: typeof data; log: typeof log };
  export default dcmjs;
}
