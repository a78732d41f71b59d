/** A value that was read from an attribute, with the attribute; or that an attribute holds something else; or nothing. */
export interface Found {
  readonly value: string;
  readonly origin: string;
}
export type Reading = Found | { readonly refused: string } | undefined;

export function found(value: string, origin: string): Found {
  return { value, origin };
}
export function refused(keyword: string): Reading {
  return { refused: keyword };
}
