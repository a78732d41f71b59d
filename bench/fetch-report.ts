import os from 'node:os';

export interface FetchFigures {
  readonly slices: number;
  readonly rows: readonly { readonly side: string; readonly seconds: number; readonly cpuSeconds: number }[];
  readonly ratios: readonly { readonly side: string; readonly faster: number; readonly fasterByCpu: number }[];
  /** Median of the time until the metadata are there: part of ours. */
  readonly listSeconds: number;
  readonly peaks: readonly { readonly side: string; readonly peakMiB: Readonly<Record<string, number>> }[];
}

/** The page beside the raw figures. */
export function fetchReport({ slices, rows, ratios, peaks, listSeconds }: FetchFigures): string {
  const [own] = peaks;
  const counts = Object.keys(own?.peakMiB ?? {});
  const [few = '', most = ''] = counts.slice(-2);
  const perSlice = ((own?.peakMiB[most] ?? 0) - (own?.peakMiB[few] ?? 0)) / (Number(most) - Number(few));
  const cores = `${os.cpus()[0]?.model}, ${os.cpus().length} cores, load ${os.loadavg()[0]?.toFixed(0)}`;
  return `# Fetching a CT series and decoding it

Made by \`node bench/fetch.ts\`: a real Orthanc on the same machine, series of 512 × 512 × 16 bits, not compressed; each side in a process of its own, in turns, medians. Both read the same pixels (digest). Raw figures: \`fetch.json\`.

- ${new Date().toISOString().slice(0, 10)}: ${cores}, Node ${process.version}

## Time: ${slices} slices

| side | wall clock, s | client's processor time, s | dicomweb-client + pydicom takes … as long | … of processor time |
| --- | ---: | ---: | ---: | ---: |
${rows.map(({ side, seconds, cpuSeconds }) => `| ${side} | ${seconds.toFixed(2)} | ${cpuSeconds.toFixed(2)} | ${ratioOf(side, 'faster')} | ${ratioOf(side, 'fasterByCpu')} |`).join('\n')}

Ours includes the metadata that are asked for first (${listSeconds.toFixed(2)} s of it), writing to the spool file, and reading each frame from it again, eight at a time as the segmenter does. The wall clock also holds Orthanc's own work and that of whatever else ran on the machine.

## Peak memory of the process, MiB

| side | ${counts.map((count) => `${count} slices`).join(' | ')} |
| --- | ${counts.map(() => '---:').join(' | ')} |
${peaks.map(({ side, peakMiB }) => `| ${side} | ${counts.map((count) => peakMiB[count]).join(' | ')} |`).join('\n')}

From ${few} to ${most} slices ours grows by ${Math.max(0, perSlice * 1024).toFixed(0)} KiB a slice, of whose 512 KiB of pixels none stay: headers, within what the garbage collector leaves lying, which is also most of the difference below ${few}.
`;

  function ratioOf(side: string, by: 'faster' | 'fasterByCpu'): string {
    const ratio = ratios.find((one) => one.side === side)?.[by];
    return ratio === undefined ? '' : `${ratio.toFixed(1)} ×`;
  }
}
