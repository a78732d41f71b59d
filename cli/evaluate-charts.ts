import type { CurvePoint, Forecast } from '@maskwright/score';
import { escaped } from './escaped.ts';
import type { ReportRow } from './evaluate-tally.ts';

const COLOURS = ['#0969da', '#bf3989', '#1a7f37', '#bc4c00', '#6639ba', '#57606a'];
const SIDE = 320;
const MARGIN = 40;
/** Pixels of the names left of the rows, and of a letter in them. */
const LEAST_LEFT = 300;
const LETTER = 7;
/** Points of a plot: more are not seen, only make the page heavy. */
const MOST_POINTS = 2000;

/** Mean Dice as a dot and its interval as a line, a line a row, from 0 to 1. */
export function diceChart(rows: readonly ReportRow[]): string {
  const models = [...new Set(rows.map(({ model }) => model))];
  const colour = (model: string) => COLOURS[models.indexOf(model) % COLOURS.length] ?? '#000';
  const names = rows.map((row) => [row.dataset, row.target, row.promptType].filter(Boolean).join(' · '));
  const longest = names.reduce((most, { length }) => Math.max(most, length), 0);
  const [left, width, line] = [Math.max(LEAST_LEFT, 20 + longest * LETTER), 520, 18];
  const x = (dice: number) => (left + width * dice).toFixed(1);
  const height = rows.length * line + 50;
  const grid = [0, 0.25, 0.5, 0.75, 1].map(
    (at) =>
      `<line x1="${x(at)}" y1="20" x2="${x(at)}" y2="${height - 25}" stroke="#dde2e7"/><text x="${x(at)}" y="${height - 10}" text-anchor="middle">${at}</text>`,
  );
  const marks = rows.map((row, index) => {
    const y = 30 + index * line;
    return `<text x="${left - 8}" y="${y + 4}" text-anchor="end">${escaped(names[index] ?? '')}</text><line x1="${x(row.diceLow)}" y1="${y}" x2="${x(row.diceHigh)}" y2="${y}" stroke="${colour(row.model)}" stroke-width="3" opacity=".5"/><circle cx="${x(row.dice)}" cy="${y}" r="4" fill="${colour(row.model)}"><title>${escaped(`${row.model} ${row.dice}`)}</title></circle>`;
  });
  const legend = models.map((model) => `<span style="color:${colour(model)}">●</span> ${escaped(model)}`);
  const chart = svg('Mean Dice and its interval, in the order of the rows below', left + width + 30, height, [
    ...grid,
    ...marks,
  ]);
  return `<p>${legend.join(' ')}</p>${chart}`;
}

export function riskChart(curve: readonly CurvePoint[]): string {
  const most = Math.max(0.05, ...thinned(curve).map(({ risk }) => risk));
  const points = thinned(curve).map(({ coverage, risk }) => place(coverage, risk / most));
  return square('share of cases kept', `mean risk, 0 to ${most.toFixed(2)}`, [
    `<polyline fill="none" stroke="${COLOURS[0]}" stroke-width="2" points="${points.join(' ')}"/>`,
  ]);
}

export function forecastChart(forecasts: readonly Forecast[]): string {
  const dots = thinned(forecasts).map(({ predicted, dice }) => {
    const [x, y] = place(predicted, dice).split(',');
    return `<circle cx="${x}" cy="${y}" r="2.5" fill="${COLOURS[0]}" opacity=".45"/>`;
  });
  const [x1, y1] = place(0, 0).split(',');
  const [x2, y2] = place(1, 1).split(',');
  const diagonal = `<line x1="${x1}" y1="${y1}" x2="${x2}" y2="${y2}" stroke="#b6bec7"/>`;
  return square('predicted Dice, 0 to 1', 'true Dice, 0 to 1', [diagonal, ...dots]);
}

function thinned<Point>(points: readonly Point[]): readonly Point[] {
  const step = Math.ceil(points.length / MOST_POINTS);
  return step <= 1 ? points : points.filter((_, index) => index % step === 0 || index === points.length - 1);
}

/** 0–1 on both axes to the square, upwards. */
function place(x: number, y: number): string {
  return `${(MARGIN + x * SIDE).toFixed(1)},${(10 + (1 - y) * SIDE).toFixed(1)}`;
}

function square(across: string, up: string, content: readonly string[]): string {
  const frame = `<rect x="${MARGIN}" y="10" width="${SIDE}" height="${SIDE}" fill="none" stroke="#b6bec7"/>`;
  const words = `<text x="${MARGIN + SIDE / 2}" y="${SIDE + 30}" text-anchor="middle">${across}</text><text transform="translate(28 ${10 + SIDE / 2}) rotate(-90)" text-anchor="middle">${up}</text>`;
  return svg(`${up}, by ${across}`, SIDE + MARGIN + 10, SIDE + 40, [frame, words, ...content]);
}

function svg(label: string, width: number, height: number, content: readonly string[]): string {
  return `<svg xmlns="http://www.w3.org/2000/svg" role="img" aria-label="${label}" viewBox="0 0 ${width} ${height}" width="${width}" height="${height}" font-family="system-ui,sans-serif" font-size="12" fill="#1b1f24">${content.join('')}</svg>`;
}
