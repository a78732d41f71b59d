/** The part of dicomweb-client that this room uses; its own types need the DOM. Answers are parsed, hence `unknown`. */
declare module 'dicomweb-client' {
  interface Options {
    readonly studyInstanceUID?: string;
    readonly seriesInstanceUID?: string;
    readonly sopInstanceUID?: string;
    readonly frameNumbers?: readonly number[];
    readonly queryParams?: Readonly<Record<string, string>>;
    readonly datasets?: readonly Uint8Array[];
    readonly mediaTypes?: readonly { readonly mediaType: string; readonly transferSyntaxUID?: string }[];
    readonly request: { readonly instance: object; readonly responseType?: string };
  }
  class DICOMwebClient {
    constructor(options: { readonly url: string; readonly verbose?: boolean });
    searchForStudies(options: Options): Promise<unknown>;
    searchForSeries(options: Options): Promise<unknown>;
    searchForInstances(options: Options): Promise<unknown>;
    retrieveSeriesMetadata(options: Options): Promise<unknown>;
    retrieveInstance(options: Options): Promise<unknown>;
    retrieveInstanceFrames(options: Options): Promise<unknown>;
    storeInstances(options: Options): Promise<unknown>;
  }
  export const api: { readonly DICOMwebClient: typeof DICOMwebClient };
}
