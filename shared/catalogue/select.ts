import type { DataSet } from '@maskwright/dicom';
import { type RuleVerdict, verdictsOf } from './rules.ts';
import type { FirstOf, SeriesFacts } from './selection.ts';
import type { Task } from './task.ts';

export interface Selected {
  readonly task: Task;
  /** Why; names rules and attributes, never a header's text. */
  readonly reasons: readonly string[];
}
export interface Explanation extends Selected {
  readonly selected: boolean;
  /** The word of each stated rule, in the order in which they are asked. */
  readonly rules: readonly RuleVerdict[];
}
/**
 * The tasks that apply to a series.
 * @param series its QIDO-RS attributes, or the metadata of one of its instances
 * @param facts what is known of it beyond those
 */
export function selectTasks(
  catalogue: { readonly tasks: readonly Task[] },
  series: DataSet,
  facts: SeriesFacts = {},
): Selected[] {
  return selectedOf(explainSelection(catalogue, series, facts));
}

export function selectedOf(explained: readonly Explanation[]): Selected[] {
  return explained.filter(({ selected }) => selected).map(({ task, reasons }) => ({ task, reasons }));
}

/** Every task with the reasons for it, or those against it. */
export function explainSelection(
  catalogue: { readonly tasks: readonly Task[] },
  series: DataSet,
  facts: SeriesFacts = {},
): Explanation[] {
  const explained = catalogue.tasks.map((task): Explanation => {
    const rules = verdictsOf(task.select, series, facts);
    const against = rules.filter(({ passed }) => !passed);
    const decisive = against.length > 0 ? against : rules;
    return { task, selected: against.length === 0, reasons: decisive.map(({ reason }) => reason), rules };
  });
  return explained.map((one) => withoutLaterOfGroup(one, explained));
}

/** Of a group's tasks that apply, the first alone gets the series. */
function withoutLaterOfGroup(one: Explanation, explained: readonly Explanation[]): Explanation {
  const { firstOf } = one.task;
  if (!firstOf || !one.selected) return one;
  const earlier = explained.find(
    ({ selected, task }) => selected && task.firstOf?.group === firstOf.group && goesBefore(task, one.task),
  );
  if (!earlier) return one;
  const reason = `of the group ${firstOf.group} the task ${earlier.task.id} goes first`;
  return {
    ...one,
    selected: false,
    reasons: [reason],
    rules: [...one.rules, { rule: 'firstOf', passed: false, reason }],
  };
}

type Ranked = { readonly id: string; readonly firstOf?: FirstOf };
function goesBefore(one: Ranked, other: Ranked): boolean {
  const [a = 0, b = 0] = [one.firstOf?.order, other.firstOf?.order];
  return a < b || (a === b && one.id < other.id);
}
