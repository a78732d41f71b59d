/** Tasks: what is segmented in which series, with which words and models. */
export { FAMILIES, type Family, type Selection, type Target, type Task } from './task.ts';
