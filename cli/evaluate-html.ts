import { areaUnder, type Forecast, riskCoverage } from '@maskwright/score';
import { escaped } from './escaped.ts';
import { diceChart, forecastChart, riskChart } from './evaluate-charts.ts';
import type { Report } from './evaluate-report.ts';
import type { WorstCase } from './evaluate-worst.ts';

/** One page that needs no other file. */
export function reportHtml(report: Report, forecasts: readonly Forecast[], worst: readonly WorstCase[]): string {
  const body = [
    head(report),
    report.choice ? choiceTable(report) : '',
    forecasts.length > 0
      ? `<h2>Does it know when it is wrong</h2><div class="two">${riskChart(riskCoverage(forecasts))}${forecastChart(forecasts)}</div>
<p>Left: mean risk (1 − Dice) when only the masks with the best predicted Dice are kept; area ${areaUnder(riskCoverage(forecasts)).toFixed(4)}. Right: predicted and true Dice of each case.</p>`
      : '',
    wide('Dice with 95 % intervals', diceChart(report.rows)),
    wide('All rows', rowsTable(report)),
    worst.length > 0 ? `<h2>Worst cases</h2><p>True border green, found border red.</p>${pictures(worst)}` : '',
    report.faults.length > 0 ? `<h2>Cases that could not be scored</h2>${faultsList(report)}` : '',
    `<h2>Conventions</h2><ul>${report.conventions.map((one) => `<li>${escaped(one)}</li>`).join('')}</ul>`,
  ].join('\n');
  return `<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width,initial-scale=1">
<title>Maskwright evaluation</title><style>${STYLE}</style></head><body><main>
${body}
</main></body></html>
`;
}

const STYLE = `body{font:15px/1.5 system-ui,sans-serif;max-width:70rem;margin:2rem auto;padding:0 1rem;color:#1b1f24}
table{border-collapse:collapse;width:100%}th,td{padding:.25rem .6rem;border-bottom:1px solid #dde2e7;text-align:left}
td.n,th.n{text-align:right;font-variant-numeric:tabular-nums}.two{display:flex;flex-wrap:wrap;gap:1rem}svg{max-width:100%;height:auto}
figure{display:inline-block;margin:.4rem;width:15rem;vertical-align:top;font-size:13px}figure img{width:100%;background:#000}
h1{margin-bottom:0}p.sub{color:#57606a;margin-top:.2rem}body{overflow-wrap:anywhere}
.wide{overflow-x:auto}.wide svg{max-width:none}.wide td,.wide th{overflow-wrap:normal;white-space:nowrap}
tbody th{font-weight:normal}@media print{.wide{overflow:visible}.wide svg{max-width:100%}.wide td,.wide th{white-space:normal}}`;

/** What is wider than the page scrolls in a box of its own, which the keyboard reaches. */
function wide(title: string, content: string): string {
  return `<h2>${title}</h2><section class="wide" tabindex="0" aria-label="${title}">${content}</section>`;
}

function head({ at, cases, done, faults, models }: Report): string {
  const ids = models.map(({ id, version, digest }) => `${id} ${version} (${digest.slice(0, 8)})`).join(', ');
  return `<h1>Evaluation</h1><p class="sub">${escaped(at)} · ${done} of ${cases} cases, ${faults.length} with a fault · ${escaped(ids)} · research use only</p>`;
}

function choiceTable({ choice }: Report): string {
  if (!choice) return '';
  const lines: readonly (readonly [string, number | null])[] = [
    ['cases with both models', choice.n],
    ['mean Dice, VLSM only', choice.vlsm],
    ['mean Dice, conventional only', choice.conventional],
    ['mean Dice, mean of both answers', choice.consensus],
    ['mean Dice, the assessment’s choice', choice.auto],
    ['mean Dice, the best in each case', choice.oracle],
    ['share of the way to that', choice.wayToOracle],
    ['AUROC of a failure (Dice < 0.7)', choice.failureAuroc],
    ['stored', choice.stored],
    ['left to a person', choice.needsPerson],
    ['mean Dice of the stored', choice.diceOfStored],
    ['of those with Dice < 0.5, stored', choice.badStored],
  ];
  const rows = lines
    .map(([name, value]) => `<tr><th scope="row">${name}</th><td class="n">${value ?? '–'}</td></tr>`)
    .join('');
  return wide('Choice between models', `<table style="width:auto">${rows}</table>`);
}

function rowsTable({ rows }: Report): string {
  const cells = rows.map((row) => {
    const words = [row.dataset, row.target, row.model, row.promptType].map((one) => `<td>${escaped(one)}</td>`);
    const interval = `${row.dice.toFixed(3)} (${row.diceLow.toFixed(3)}–${row.diceHigh.toFixed(3)})`;
    const numbers = [row.n, interval, row.iou.toFixed(3), row.hd95.toFixed(1), row.nsd.toFixed(3)];
    return `<tr>${words.join('')}${numbers.map((one) => `<td class="n">${one}</td>`).join('')}</tr>`;
  });
  const names = ['data set', 'target', 'model', 'prompt'].map((one) => `<th scope="col">${one}</th>`);
  const more = ['n', 'Dice', 'IoU', 'HD95 (px)', 'NSD'].map((one) => `<th scope="col" class="n">${one}</th>`);
  return `<table><thead><tr>${[...names, ...more].join('')}</tr></thead>${cells.join('\n')}</table>`;
}

function pictures(worst: readonly WorstCase[]): string {
  return worst
    .map(({ image, target, dataset, row, picture }) => {
      const predicted = row.predictedDice === null ? '' : `, predicted ${row.predictedDice.toFixed(2)}`;
      const caption = `${dataset} · ${target} · ${image.split('/').at(-1)}: ${row.model}, Dice ${row.dice.toFixed(2)}${predicted}, ${row.outcome}`;
      return `<figure><img alt="" src="data:image/png;base64,${picture}"><figcaption>${escaped(caption)}</figcaption></figure>`;
    })
    .join('\n');
}

function faultsList({ faults }: Report): string {
  const items = faults.map(({ image, target, reason }) => `<li>${escaped(`${image} (${target}): ${reason}`)}</li>`);
  return `<ul>${items.join('')}</ul>`;
}
