/**
 * Whether all of the text is like the pattern: `*` is any text, `?` one character, nothing else is special. Without case.
 * No regular expression, so that no pattern can take longer than pattern × text steps.
 */
export function isLike(text: string, pattern: string): boolean {
  const [value, wanted] = [text.trim().toLowerCase(), pattern.trim().toLowerCase()];
  let at = 0;
  let next = 0;
  let star = -1;
  let after = 0;
  while (at < value.length) {
    if (next < wanted.length && wanted[next] === '*') {
      star = next++;
      after = at;
    } else if (next < wanted.length && (wanted[next] === '?' || wanted[next] === value[at])) {
      at++;
      next++;
    } else if (star >= 0) {
      // The last star takes one character more.
      next = star + 1;
      at = ++after;
    } else return false;
  }
  while (wanted[next] === '*') next++;
  return next === wanted.length;
}
