/** A rule's word on a series. */
export interface Verdict {
  readonly passed: boolean;
  readonly reason: string;
  /** The series does not tell what the rule asks for: `required` where it must; under `not` it may be silent otherwise. */
  readonly unknown?: 'required' | 'optional';
  /** Of a rule that excludes, and does not exclude this series: only the group in which it stands has to know. */
  readonly quiet?: true;
}

/** Passes where each does; not known where none surely speaks against it and one does not know. */
export function allOf(verdicts: readonly Verdict[], joint: string): Verdict {
  const against = verdicts.filter(({ passed }) => !passed);
  const decisive = [against, verdicts.filter(({ unknown }) => unknown)].find(({ length }) => length > 0) ?? verdicts;
  return {
    passed: against.length === 0,
    reason: decisive.map(({ reason }) => reason).join(joint),
    ...(against.every(({ unknown }) => unknown) && unknownOf(verdicts)),
  };
}

/** Passes where one does; not known where none surely does and one does not know. */
export function anyOf(verdicts: readonly Verdict[]): Verdict {
  const holding = verdicts.filter(({ passed }) => passed);
  const sure = holding.find(({ unknown }) => !unknown);
  if (sure) return sure;
  const against = `none of these holds: ${verdicts.map(({ reason }) => reason).join('; ')}`;
  return { passed: holding.length > 0, reason: holding[0]?.reason ?? against, ...unknownOf(verdicts) };
}

/** What is not known is not excluded, unless it must be known. */
export function notOf({ passed, reason, unknown }: Verdict): Verdict {
  if (unknown) return { passed: unknown === 'optional', reason, unknown };
  return { passed: !passed, reason: passed ? `it must not hold that ${reason}` : reason };
}

function unknownOf(verdicts: readonly Verdict[]): Pick<Verdict, 'unknown'> | undefined {
  const unsure = verdicts.flatMap(({ unknown }) => unknown ?? []);
  if (unsure.length === 0) return undefined;
  return { unknown: unsure.includes('required') ? 'required' : 'optional' };
}
