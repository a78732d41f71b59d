/** Files that hold patients' images: written whole or not at all, for the owner's eyes. */
export { UNFINISHED, writeWhole } from './write-whole.ts';
