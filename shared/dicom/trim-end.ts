/** What values are padded with: spaces, NUL in UIDs, and the one for the other in the field. */
export const PADDING = '\0 ';

/** Without the characters at its end that are among `marks`; a pattern would begin anew at each run of them within. */
export function trimEnd(text: string, marks: string): string {
  let end = text.length;
  while (end > 0 && marks.includes(text.charAt(end - 1))) end -= 1;
  return text.slice(0, end);
}
