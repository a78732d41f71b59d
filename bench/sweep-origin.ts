import { createServer } from 'node:http';

/** A DICOMweb origin server that holds its list in memory and answers as fast as it can. */
export interface Origin {
  readonly url: string;
  /** Requests answered so far. */
  requests(): number;
  /** So many of the newest studies get one more image. */
  change(studies: number): void;
  /** A study of today that was not there before: its UID. */
  add(): string;
  /** From now on StudyDate is passed over. */
  ignoreDates(): void;
  close(): Promise<void>;
}

const YEARS = 10;
/** Of today, at least. */
const TODAY = 20;
const DAY_MS = 86_400_000;

/** Studies of one chest radiograph each, spread over ten years before `now`, newest first. */
export async function startOrigin(size: number, now: Date): Promise<Origin> {
  const dates = Array.from({ length: size }, (_, index) =>
    dicomDate(new Date(now.getTime() - Math.floor((Math.max(0, index - TODAY) / size) * YEARS * 365) * DAY_MS)),
  );
  const images = new Map<number, number>();
  let requests = 0;
  let added = 0;
  let isDated = true;
  const server = createServer((request, response) => {
    requests++;
    const url = new URL(request.url ?? '/', 'http://origin');
    const body = JSON.stringify(answerTo(url));
    response.writeHead(200, { 'content-type': 'application/dicom+json', 'content-length': Buffer.byteLength(body) });
    response.end(body);
  });
  server.keepAliveTimeout = 65_000;
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve);
  });
  const address = server.address();
  const port = typeof address === 'object' && address ? address.port : 0;

  function answerTo(url: URL): unknown {
    const [, , study, series, , metadata] = url.pathname.split('/').slice(1);
    if (study === undefined) return list(url.searchParams);
    const index = Number(study.split('.').at(-1));
    if (series === undefined || metadata === undefined) return [seriesOf(index)];
    return Array.from({ length: imagesOf(index) }, (_, image) => instanceOf(index, image));
  }
  function list(query: URLSearchParams): unknown[] {
    const from = isDated ? (query.get('StudyDate')?.split('-')[0] ?? '') : '';
    const offset = Number(query.get('offset') ?? 0);
    const limit = Number(query.get('limit') ?? size + added);
    // Newest first: what was added, and then the dates that are late enough.
    const matching = added + (from === '' ? size : countFrom(dates, from));
    return Array.from({ length: Math.max(0, Math.min(limit, matching - offset)) }, (_, at) => {
      const place = offset + at;
      return studyOf(place < added ? size + added - 1 - place : place - added);
    });
  }
  const imagesOf = (index: number) => images.get(index) ?? 1;
  const studyOf = (index: number) => ({
    '0020000D': element('UI', `2.25.9.${index}`),
    '00080020': element('DA', dates[index] ?? dicomDate(now)),
    '00080061': element('CS', 'CR'),
    '00201208': element('IS', imagesOf(index)),
  });
  const seriesOf = (index: number) => ({
    '0020000D': element('UI', `2.25.9.${index}`),
    '0020000E': element('UI', `2.25.9.${index}.1`),
    '00080060': element('CS', 'CR'),
    '00201209': element('IS', imagesOf(index)),
  });
  const instanceOf = (index: number, image: number) => ({
    ...seriesOf(index),
    '00080016': element('UI', '1.2.840.10008.5.1.4.1.1.1'),
    '00080018': element('UI', `2.25.9.${index}.1.${image + 1}`),
    '00180015': element('CS', 'CHEST'),
    '00185101': element('CS', 'PA'),
  });
  return {
    url: `http://127.0.0.1:${port}/dicom-web`,
    requests: () => requests,
    change(studies) {
      for (let index = 0; index < studies; index++) images.set(index, imagesOf(index) + 1);
    },
    add() {
      added++;
      return `2.25.9.${size + added - 1}`;
    },
    ignoreDates() {
      isDated = false;
    },
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

function element(vr: string, value: unknown) {
  return { vr, Value: [value] };
}

/** How many of the falling dates are at least `from`. */
function countFrom(dates: readonly string[], from: string): number {
  const found = dates.findIndex((date) => date < from);
  return found < 0 ? dates.length : found;
}

function dicomDate(date: Date): string {
  return date.toISOString().slice(0, 10).replaceAll('-', '');
}
