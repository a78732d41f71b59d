/** Tasks: what is segmented in which series, with which words and models. */
export { type Catalogue, loadCatalogue } from './catalogue.ts';
export type { FamilyTemplates } from './family-templates.ts';
export { codeKey, holdsWords, isPlain, plainText } from './plain-text.ts';
export { type Projection, projectionOf, VIEWS, type View } from './projection.ts';
export { type Explanation, explainSelection, type Selected, selectTasks } from './select.ts';
export { FAMILIES, type Family, type Selection, type Target, type Task } from './task.ts';
export { parseTemplate, type Template, type TemplatePart } from './template.ts';
