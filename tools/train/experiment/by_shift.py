"""Section: trained here, tested elsewhere; another view; corrupted images."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from corruptions import CHANGES
from experiment import figures
from experiment.compare import interval, named, paired, points, written
from experiment.judge import OTHER_VIEW, SAME_VIEW
from experiment.paper import NOT_AT_HAND
from experiment.plan import ARCHITECTURES, LONGER, SAMPLES_A_SET, SHIFTS, VLSM, longer_name
from experiment.store import Facts
from report import table

VIEWS = "camus, two chambers"


def shift_rows(cases: list[Facts]) -> list[tuple[str, dict[str, list[Facts]], bool]]:
    """(what, architecture -> cases, is it shifted)."""
    rows = []
    for training, targets in [(name(n), t) for name in (str, longer_name) for n, t in SHIFTS.items()]:
        mine = {a: named(cases, training=training, architecture=a) for a in ARCHITECTURES}
        shared = {c["target"] for found in mine.values() for c in found if c["dataset"] in targets}
        here = {a: [c for c in found if c["dataset"] not in targets and c["target"] in shared] for a, found in mine.items()}
        rows.append((f"{training} → itself, held apart", here, False))
        rows += [(f"{training} → {t}", {a: [c for c in found if c["dataset"] == t] for a, found in mine.items()}, True) for t in targets]
    for view, shifted in ((SAME_VIEW, False), (OTHER_VIEW, True)):
        label = "itself, held apart" if not shifted else "four chambers"
        rows.append((f"{VIEWS} → {label}", {a: named(cases, training=VIEWS, view=view, architecture=a) for a in ARCHITECTURES}, shifted))
    return rows


def shift_section(cases: list[Facts], folder: Path) -> str:
    rows = shift_rows(cases)
    figures.dots([r[0] for r in rows], {a: [interval(r[1][a]) for r in rows] for a in ARCHITECTURES}, "Dice, 95 % interval",
                 folder / "shift.svg")
    lines, home = [], rows[0][1]
    for what, found, shifted in rows:
        home = home if shifted else found
        cells = (written(found[a]) + (change(found[a], home[a]) if shifted else "") for a in ARCHITECTURES)
        lines.append([what, str(max(map(len, found.values()))), *cells, NOT_AT_HAND])
    return "\n\n".join([
        "Structures that both sides have; up to 120 images of a target set, spread over all of it, none of them trained on. In "
        "round brackets the points that a decoder loses or gains against its own held-apart images. "
        f"*{LONGER} x*: the same for {LONGER * SAMPLES_A_SET} samples of each set instead of {SAMPLES_A_SET}.",
        table(["trained → tested", "masks", *ARCHITECTURES, "paper"], lines),
        "VLSM minus the conventional decoder on the same shifted masks, Dice points:", difference_table(rows),
        "![Dice under shift](benchmark/shift.svg)"])


def losses(cases: list[Facts]) -> list[tuple[str, dict[str, float]]]:
    """For each shift what each decoder loses (negative) against its own held-apart images, in Dice."""
    found, home = [], {}
    for what, mine, shifted in shift_rows(cases):
        means = {a: float(np.mean([c["dice"] for c in m])) for a, m in mine.items() if m}
        if shifted and len(means) == len(ARCHITECTURES):
            found.append((what, {a: means[a] - home[a] for a in ARCHITECTURES}))
        elif not shifted:
            home = means
    return found


def change(there: list[Facts], here: list[Facts]) -> str:
    if not there or not here:
        return ""
    return f" ({100 * (np.mean([c['dice'] for c in there]) - np.mean([c['dice'] for c in here])):+.1f})"


def difference_table(rows: list[tuple[str, dict[str, list[Facts]], bool]]) -> str:
    others = ARCHITECTURES[1:]
    lines = []
    for what, found, shifted in rows:
        if shifted:
            gains = [paired(found[VLSM], found[a]) for a in others]
            lines.append([what, *(points(g) if g else "not run" for g in gains)])
    return table(["trained → tested", *(f"against {a}" for a in others)], lines)


def corrupted_section(trainings: list[Facts]) -> str:
    pooled = {t["architecture"]: t["corrupted"] for t in trainings if t["corrupted"]}
    if not pooled:
        return "Not run."
    base = {a: np.mean(found["none"]) for a, found in pooled.items()}
    lines = [[change, *(f"{np.mean(f[change]):.3f} ({100 * (np.mean(f[change]) - base[a]):+.1f})" for a, f in pooled.items()),
              NOT_AT_HAND] for change in CHANGES]
    masks = len(next(iter(pooled.values()))["none"])
    return (f"Pooled decoders, the first held-apart images of each set, {masks} masks, Dice at 256 x 256 (points of change in "
            "brackets). Geometry moves image and truth together. The same for the starters, with more images: "
            "[tools/train/corruptions.md](../tools/train/corruptions.md).\n\n"
            + table(["change", *pooled, "paper"], lines))
