"""Choose cases and compare them: means and paired differences with bootstrap intervals over patients, exams or sequences."""

from __future__ import annotations

from typing import Any

import numpy as np

from experiment.figures import Interval
from experiment.store import Facts
from score import RESAMPLES, grouped, mean_dice


def named(cases: list[Facts], **where: Any) -> list[Facts]:
    """Class name as prompt, compared with that class, where the image shows it; other columns as given."""
    return own(cases, promptType="name", **where)


def own(cases: list[Facts], **where: Any) -> list[Facts]:
    where.setdefault("repeat", 0)
    return [c for c in cases if c["prompted"] == c["target"] and c["trueFraction"] > 0
            and all(c[name] == value for name, value in where.items())]


def interval(cases: list[Facts]) -> Interval | None:
    if not cases:
        return None
    m = mean_dice(cases)
    return m["dice"], m["diceLow"], m["diceHigh"]


def written(cases: list[Facts]) -> str:
    found = interval(cases)
    return "not run" if found is None else f"{found[0]:.3f} [{found[1]:.3f}, {found[2]:.3f}]"


def paired(first: list[Facts], second: list[Facts]) -> Interval | None:
    """Mean Dice of the first minus that of the second on the masks that both have."""
    other = {key(c): c["dice"] for c in second}
    differences = [c | {"dice": c["dice"] - other[key(c)]} for c in first if key(c) in other]
    return interval(differences)


def key(case: Facts) -> tuple[str, str, str]:
    return case["dataset"], case["image"], case["target"]


def over_sets(first: list[Facts], second: list[Facts]) -> tuple[Interval, int, int] | None:
    """Mean over data sets of the difference of their means, its interval when sets are drawn again,
    the number of sets in which the first is better, and of all."""
    a, b = set_means(first), set_means(second)
    gains = np.array([a[s] - b[s] for s in a if s in b])
    if len(gains) < 2:
        return None
    picks = np.random.default_rng(7).integers(0, len(gains), (RESAMPLES, len(gains)))
    low, high = np.percentile(gains[picks].mean(1), (2.5, 97.5))
    return (float(gains.mean()), float(low), float(high)), int((gains > 0).sum()), len(gains)


def set_means(cases: list[Facts]) -> dict[str, float]:
    return {dataset: float(np.mean([c["dice"] for c in mine])) for (dataset,), mine in grouped(cases, ("dataset",)).items()}


def points(found: Interval) -> str:
    """In Dice points (hundredths), with sign."""
    return f"{100 * found[0]:+.1f} [{100 * found[1]:+.1f}, {100 * found[2]:+.1f}]"


def verdict(found: Interval) -> int:
    """1, -1, or 0 where the interval holds zero."""
    return 1 if found[1] > 0 else -1 if found[2] < 0 else 0
