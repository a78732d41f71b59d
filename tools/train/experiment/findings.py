"""Findings in plain words; which sentence stands there is decided by the figures."""

from __future__ import annotations

from both_sides import committed, unseen
from experiment.by_set import starter_cases
from experiment.by_shift import losses, shift_rows
from experiment.by_words import wording_cases
from experiment.compare import named, over_sets, own, paired, points, set_means, verdict
from experiment.figures import Interval
from experiment.paper import ABOUT_CRIS, ABOVE_CRIS
from experiment.plan import ARCHITECTURES, LONGER, POOLED, VLSM, WORDINGS, longer_name
from experiment.store import Facts
from score import grouped


#: "About 0.89" is not missed by 0.8898.
HALF_A_POINT = 0.005
GOAL_POINTS = 2


def findings(cases: list[Facts]) -> str:
    return "\n".join(f"- {line}" for line in [*pooling(cases), *our_goal(cases), *words(cases), *shift(cases), *against_paper(cases)])


def alone(cases: list[Facts], architecture: str) -> list[Facts]:
    """Of the trainings on one set, tested on that set."""
    return [c for c in named(cases, architecture=architecture) if c["training"] == c["dataset"]]


def alone_longer(cases: list[Facts], architecture: str) -> list[Facts]:
    """The same, trained for LONGER times the samples."""
    return [c for c in named(cases, architecture=architecture) if c["training"] == longer_name(c["dataset"])]


def pooling(cases: list[Facts]) -> list[str]:
    lines, gains = [], {}
    for a in ARCHITECTURES:
        found = over_sets(named(cases, architecture=a, training=POOLED), alone(cases, a))
        if found:
            gains[a] = found[0]
            lines.append(f"{a}: pooled minus alone {points(found[0])} points of Dice, mean of {found[2]} sets; better in {found[1]}.")
    if VLSM not in gains:
        return ["*Does pooling help?* Not run."]
    holds = {1: "holds here", 0: "is not shown here (the interval holds zero)", -1: "does not hold here"}[verdict(gains[VLSM])]
    patient = against_patient(cases, VLSM)
    if patient and verdict(gains[VLSM]) == 1:
        holds += (" at equal samples of each set" + {1: f", and against {LONGER} times the samples alone too",
                  0: f", but is not shown against {LONGER} times the samples alone",
                  -1: f", but not against {LONGER} times the samples alone"}[verdict(patient[0])])
    more = [a for a in gains if a != VLSM and gains[VLSM][0] > gains[a][0]]
    return [f"*Pooling helps VLSMs* (the paper's finding) {holds}. {' '.join(lines)} "
            + (f"It does more for the VLSM than for {' and '.join(more)}. " if more else "It does less for the VLSM than for the others. ")
            + "A set is seen equally often in both, but the pooled decoder takes many times as many steps in all: what it has "
            "learned about masks and words from other sets is part of the gain, most of all in trainings as short as these."
            + longer_alone(cases)]


def against_patient(cases: list[Facts], architecture: str) -> tuple[Interval, int, int] | None:
    """Pooled against each set alone for LONGER times the samples."""
    return over_sets(named(cases, architecture=architecture, training=POOLED), alone_longer(cases, architecture))


def longer_alone(cases: list[Facts]) -> str:
    told = []
    for a in ARCHITECTURES[:2]:
        found = against_patient(cases, a)
        if found:
            told.append(f"{a} {points(found[0])}, mean of {found[2]} sets, better in {found[1]}")
    return f" Pooled minus alone with {LONGER} times the samples of the set: {'; '.join(told)}." if told else ""


def our_goal(cases: list[Facts]) -> list[str]:
    """Pooled VLSM against the U-Net of each set alone: not below in half of the sets, within two points in the rest."""
    starter = own([c for c in starter_cases() if c["promptType"] == "name"], architecture=VLSM)
    pooled = named(cases, architecture=VLSM, training=POOLED)
    longer = alone_longer(cases, "U-Net")
    told = []
    for what, first, second in (("this experiment's VLSM, at equal samples of each set", pooled, alone(cases, "U-Net")),
                                (f"against {LONGER} times the samples alone", pooled, longer),
                                ("the starter VLSM, fine-tuned for hours, against the latter, on its test part", starter, longer)):
        gains = {name: paired(of_one(first, name), of_one(second, name)) for name in sorted({c["dataset"] for c in second})}
        known = {name: 100 * g[0] for name, g in gains.items() if g}
        below = {name: g for name, g in known.items() if g < -GOAL_POINTS}
        if known:
            told.append(f"{what}: not below in {sum(g >= 0 for g in known.values())} of {len(known)} sets, more than {GOAL_POINTS} "
                        f"points below in {len(below)}" + (f" ({', '.join(f'{n} {g:+.1f}' for n, g in below.items())})" if below else ""))
    return [f"*Our goal*: a pooled VLSM not below the U-Net trained on that set alone in half of the sets, and within {GOAL_POINTS} "
            f"points in the rest: {'; '.join(told)}. The U-Nets alone are on a frozen encoder."] if told else []


def of_one(cases: list[Facts], dataset: str) -> list[Facts]:
    return [c for c in cases if c["dataset"] == dataset]


def words(cases: list[Facts]) -> list[str]:
    nothing, name, sentence = (wording_cases(cases, w) for w in WORDINGS)
    gains = {"the class name over the empty prompt": paired(name, nothing),
             "size, number, place and description over the class name": paired(sentence, name)}
    known = {what: g for what, g in gains.items() if g}
    if len(known) < 2:
        return ["*Text adds little when fine-tuned?* Not run."]
    said = "; ".join(f"{what} {points(g)}" for what, g in known.items())
    bare, rich = (verdict(g) for g in known.values())
    holds = ("holds here for the name of the only structure, and not for words that say where and how large" if bare <= 0 < rich
             else "holds here" if bare <= 0 and rich <= 0 else "does not hold here")
    return [f"*Text adds little when fine-tuned* (the paper's finding) {holds}: polyps, points of Dice, {said}. Place and size come "
            "from the true mask. Where an image shows several structures the text decides everything (wrong-prompt control)."]


def shift(cases: list[Facts]) -> list[str]:
    rows = [(what, found) for what, found, shifted in shift_rows(cases) if shifted]
    longer = [r for r in rows if f", {LONGER} x" in r[0]]
    parts = {"trained as short as the rest": [r for r in rows if r not in longer], f"trained {LONGER} times longer": longer}
    told = [(shift_counts(found), how, len(found)) for how, found in parts.items()]
    told = [t for t in told if t[0][2]]
    if not told:
        return ["*VLSMs shift better?* Not run."]
    wins, defeats, _ = told[-1][0]
    holds = "holds here" if wins > 2 * defeats else "does not hold here" if defeats > wins else "is not shown here"
    said = ". ".join(f"Of {n} shifts {how} the VLSM is {'; '.join(counts[2])}" for counts, how, n in told)
    return [f"*VLSMs shift better* (the paper's finding) {holds}, by the Dice reached on foreign images. {said} (95 % interval of the paired difference beyond zero). "
            + least_lost(cases)]


def least_lost(cases: list[Facts]) -> str:
    """Who loses least from its own to the foreign set."""
    lost = losses(cases)
    gentle = [what for what, by in lost if by[VLSM] > max(v for a, v in by.items() if a != VLSM)]
    return (f"From its own to the foreign images the VLSM loses less (or gains more) than all three others in {len(gentle)} of {len(lost)} shifts"
            f"{': ' if gentle else ''}{'; '.join(gentle)}. But a decoder that is worse at home loses from a lower place.")


def shift_counts(rows: list[tuple[str, dict[str, list[Facts]]]]) -> tuple[int, int, list[str]]:
    """Over all conventional decoders: shifts in which the VLSM is better, worse, and both in words."""
    wins, defeats, said = 0, 0, []
    for a in ARCHITECTURES[1:]:
        verdicts = [verdict(g) for g in (paired(found[VLSM], found[a]) for _, found in rows) if g]
        if verdicts:
            better, worse = verdicts.count(1), verdicts.count(-1)
            wins, defeats = wins + better, defeats + worse
            said.append(f"against {a} better in {better}, worse in {worse}, undecided in {verdicts.count(0)}")
    return wins, defeats, said


def against_paper(cases: list[Facts]) -> list[str]:
    starters = [c for c in starter_cases() if c["promptType"] == "name"]
    pooled = named(cases, architecture=VLSM, training=POOLED)
    lines = []
    for label, found in (("this experiment's pooled VLSM", pooled), ("the starter VLSM", own(starters, architecture=VLSM))):
        worse, fair = [], unseen(found, committed())
        means = {at: sum(c["dice"] for c in mine) / len(mine) for at, mine in grouped(fair, ("dataset", "target")).items()}
        for at, figure in (ABOUT_CRIS | ABOVE_CRIS).items():
            if at in means and means[at] < figure - HALF_A_POINT:
                worse.append(f"{at[0]} {at[1]} {means[at]:.3f} (about {figure:.2f}{', the paper below' if at in ABOVE_CRIS else ''})")
        if means:
            lines.append(f"*Where ours are worse than the paper's CRIS*: {label} in {len(worse)} of {len(ABOUT_CRIS | ABOVE_CRIS)} "
                         f"rows that can be compared, exams that were trained on left out: {'; '.join(worse) or 'none'}.")
    best = {a: set_means(named(cases, architecture=a, training=POOLED)) for a in ARCHITECTURES}
    scores = ", ".join(f"{a} {sum(m.values()) / len(m):.3f}" for a, m in best.items() if m)
    lines.append(f"*Architectures*, pooled, mean of sets: {scores or 'not run'}.")
    return lines
