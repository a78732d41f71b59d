/** Tasks: what is segmented in which series, with which words and models. */
export { type Catalogue, loadCatalogue } from './catalogue.ts';
export type { FamilyTemplates } from './family-templates.ts';
export { explainSeries, imagesOfTask, type OneResult, selectTasksOfSeries, sizesOfTask } from './images.ts';
export { codeKey, holdsAny, holdsWords, isPlain, plainText } from './plain-text.ts';
export { type Projection, projectionOf, VIEWS, type View } from './projection.ts';
export type { RuleVerdict } from './rules.ts';
export { type Explanation, explainSelection, type Selected, selectTasks } from './select.ts';
export type { Conditions, FirstOf, Selection, SeriesFacts } from './selection.ts';
export { seriesFactsOf } from './series-facts.ts';
export { type Site, siteOf } from './site.ts';
export { FAMILIES, type Family, type Target, type Task } from './task.ts';
export { type Condition, parseTemplate, type Template, type TemplatePart } from './template.ts';
export { type NamedIn, namedIn, type Vocabulary } from './vocabulary.ts';
