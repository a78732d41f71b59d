// Addresses within the page: #/KEY of a result, or #/KEY/beside/OTHER; anything else is the worklist alone.
export const addressOf = (key, beside) => `#/${key}${beside ? `/beside/${beside}` : ''}`;

/** @returns keys, or null */
export function addressed() {
  const [, key, beside] = /^#\/([0-9a-f]{64})(?:\/beside\/([0-9a-f]{64}))?$/.exec(location.hash) ?? [];
  return { current: key ?? null, beside: beside && beside !== key ? beside : null };
}
