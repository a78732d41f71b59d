import { createReadStream, existsSync, statSync } from 'node:fs';
import http from 'node:http';
import type { AddressInfo } from 'node:net';
import path from 'node:path';
import { type Browser, chromium, type Page } from 'playwright-core';
import { chromiumPath, ohifFolder } from './needs.ts';
import { displaySets, labelmapOf, listsSegs, type ShownLabelmap, showsSegmentation } from './ohif-page.ts';

/** What OHIF shows of a study after its SEG was opened. */
export interface Shown {
  /** Labels of the segments; none where the SEG was not loaded. */
  readonly segments: readonly string[];
  /** "red green blue" of each but the background. */
  readonly colors: readonly string[];
  readonly slices: ShownLabelmap;
  /** What the page said on its console meanwhile. */
  readonly errors: readonly string[];
}
export interface RealOhif {
  /** Modalities in the viewer's list. */
  modalities(studyInstanceUID: string): Promise<readonly string[]>;
  /** Opens the SEG of one of the studies as a person does, and looks at what the page holds. */
  show(studyInstanceUID: string, screenshot?: string): Promise<Shown>;
  stop(): Promise<void>;
}

const WAIT_MS = 120_000;
const LOOK_MS = 100;
const REFUSAL = /Aborting segmentation loading/;
const CHROMIUM_ARGS = [
  '--no-sandbox',
  '--use-gl=angle',
  '--use-angle=swiftshader',
  '--enable-unsafe-swiftshader',
  '--disable-dev-shm-usage',
];

/** The static OHIF of ../shared/tools/ohif in one Chromium, before an archive with DICOMweb, with these studies open. */
export async function startOhif(dicomWebRoot: string, studies: readonly string[]): Promise<RealOhif> {
  const server = await serve(new URL(dicomWebRoot));
  const browser = await chromium.launch({ executablePath: chromiumPath, args: CHROMIUM_ARGS });
  const origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const page = await openViewer(browser, `${origin}/viewer?StudyInstanceUIDs=${studies.join(',')}`);
  await listsSegs(page, studies.length);
  const errors: string[] = [];
  page.on('console', (message) => message.type() === 'error' && errors.push(message.text().slice(0, 300)));
  page.on('pageerror', (error) => errors.push(error.message.slice(0, 300)));
  return {
    async modalities(study) {
      return (await displaySets(page)).filter((one) => one.study === study).map(({ modality }) => modality);
    },
    async show(study, screenshot) {
      errors.length = 0;
      const shown = await showSeg(page, study, errors);
      if (screenshot) await page.screenshot({ path: screenshot });
      return { ...shown, errors: [...errors] };
    },
    async stop() {
      await browser.close();
      server.closeAllConnections();
      server.close();
    },
  };
}

async function openViewer(browser: Browser, url: string): Promise<Page> {
  const page = await browser.newPage({ viewport: { width: 1400, height: 900 } });
  page.setDefaultTimeout(WAIT_MS);
  // Who has seen the viewer's introduction is not shown it again: it lies over everything.
  await page.addInitScript("localStorage.setItem('shownTours', JSON.stringify(['basicViewerTour']))");
  await page.goto(url, { waitUntil: 'domcontentloaded' });
  await page.waitForSelector('canvas');
  return page;
}

/** A double click in the list, then "yes" to the question whether it shall be loaded. */
async function showSeg(page: Page, study: string, errors: readonly string[]): Promise<Omit<Shown, 'errors'>> {
  const seg = (await displaySets(page)).find((one) => one.study === study && one.modality === 'SEG');
  if (!seg) throw new Error(`OHIF lists no SEG in ${study}`);
  await page.locator(`[id="thumbnail-${seg.id}"]`).dblclick();
  const yes = page.locator('[data-cy="yes-hydrate-btn"]');
  const refused = (): boolean => errors.some((text) => REFUSAL.test(text));
  for (let waited = 0; !(await yes.isVisible()); waited += LOOK_MS) {
    if (refused()) return { segments: [], colors: [], slices: [] };
    if (waited > WAIT_MS) throw new Error(`OHIF did not end loading the SEG of ${study}: ${errors.join('; ')}`);
    await page.waitForTimeout(LOOK_MS);
  }
  await yes.click();
  await showsSegmentation(page, seg.id);
  return await labelmapOf(page, seg.id);
}

/** OHIF's files, its configuration, and the archive under the same origin. */
async function serve(archive: URL): Promise<http.Server> {
  const root = path.join(ohifFolder, 'package/dist');
  const server = http.createServer((request, response) => {
    const url = request.url ?? '/';
    const [place = '/'] = url.split('?');
    // Without these two Chromium gives the page no SharedArrayBuffer.
    response.setHeader('Cross-Origin-Opener-Policy', 'same-origin');
    response.setHeader('Cross-Origin-Embedder-Policy', 'require-corp');
    if (place.startsWith(DICOM_WEB)) return forward(request, response, archive);
    if (place === '/app-config.js') {
      response.setHeader('content-type', 'text/javascript');
      response.end(`window.config=${JSON.stringify(configuration(`http://${request.headers.host}`))}`);
      return;
    }
    const wanted = path.join(root, path.normalize(place));
    const file = existsSync(wanted) && statSync(wanted).isFile() ? wanted : path.join(root, 'index.html');
    response.setHeader('content-type', TYPES[path.extname(file)] ?? 'application/octet-stream');
    // Kept by the browser between studies: most of a page's start is the reading of its scripts.
    response.setHeader('cache-control', 'max-age=3600');
    createReadStream(file).pipe(response);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return server;
}

const DICOM_WEB = '/dicom-web';
const TYPES: Readonly<Record<string, string>> = {
  '.js': 'text/javascript',
  '.css': 'text/css',
  '.html': 'text/html',
  '.json': 'application/json',
  '.wasm': 'application/wasm',
  '.svg': 'image/svg+xml',
};

function forward(request: http.IncomingMessage, response: http.ServerResponse, archive: URL): void {
  const target = new URL(archive.pathname.replace(/\/$/, '') + (request.url ?? '').slice(DICOM_WEB.length), archive);
  const { method, headers } = request;
  const forwarded = http.request(target, { method, headers }, (answer) => {
    response.writeHead(answer.statusCode ?? 502, answer.headers);
    answer.pipe(response);
  });
  forwarded.on('error', (error) => response.writeHead(502).end(String(error)));
  request.pipe(forwarded);
}

function configuration(origin: string): unknown {
  const archive = {
    friendlyName: 'pacs',
    name: 'pacs',
    qidoRoot: origin + DICOM_WEB,
    wadoRoot: origin + DICOM_WEB,
    wadoUriRoot: `${origin}/wado`,
    qidoSupportsIncludeField: true,
    imageRendering: 'wadors',
    thumbnailRendering: 'wadors',
    enableStudyLazyLoad: true,
    omitQuotationForMultipartRequest: true,
    bulkDataURI: { enabled: true },
  };
  return {
    routerBasename: '/',
    extensions: [],
    modes: [],
    customizationService: {},
    showStudyList: true,
    maxNumberOfWebWorkers: 1,
    showErrorDetails: 'always',
    investigationalUseDialog: { option: 'never' },
    defaultDataSourceName: 'pacs',
    dataSources: [
      {
        namespace: '@ohif/extension-default.dataSourcesModule.dicomweb',
        sourceName: 'pacs',
        configuration: archive,
      },
    ],
  };
}
