"""Mean Dice with a bootstrap interval over patients, exams or sequences."""

from __future__ import annotations

from typing import Any

import numpy as np

RESAMPLES = 2000

#: A row of cases.csv, see evaluate.Row.
CaseRow = dict[str, Any]
Metric = dict[str, Any]


def summarise(rows: list[CaseRow]) -> dict[str, list[Metric]]:
    """bundle -> a metric for each dataset, structure and prompt type, over images that show the structure."""
    found: dict[str, list[Metric]] = {}
    for key, mine in grouped(own_structure(rows), ("bundle", "dataset", "target", "promptType")).items():
        bundle, dataset, target, kind = key
        shown = [r for r in mine if r["trueFraction"] > 0]
        if shown:
            found.setdefault(bundle, []).append(
                {"dataset": dataset, "target": target, "promptType": kind, **mean_dice(shown)})
    return found


def own_structure(rows: list[CaseRow]) -> list[CaseRow]:
    """Rows that compare with the structure that was asked for."""
    return [r for r in rows if r["prompted"] == r["target"] and r["promptType"] != "absent"]


def grouped(rows: list[CaseRow], names: tuple[str, ...]) -> dict[tuple[str, ...], list[CaseRow]]:
    found: dict[tuple[str, ...], list[CaseRow]] = {}
    for row in rows:
        found.setdefault(tuple(row[n] for n in names), []).append(row)
    return found


def mean_dice(rows: list[CaseRow]) -> Metric:
    """n images, mean Dice, 95 % interval of the mean when whole groups are drawn again."""
    groups = list(grouped(rows, ("group",)).values())
    sums = np.array([sum(r["dice"] for r in g) for g in groups])
    counts = np.array([len(g) for g in groups])
    picks = np.random.default_rng(7).integers(0, len(groups), (RESAMPLES, len(groups)))
    means = sums[picks].sum(1) / counts[picks].sum(1)
    low, high = np.percentile(means, (2.5, 97.5))
    return {"n": len(rows), "dice": round(float(sums.sum() / counts.sum()), 4),
            "diceLow": round(float(low), 4), "diceHigh": round(float(high), 4)}
