"""Test and calibration images of an exam that was trained on: exams.json is younger than the split of the models that ship."""

from __future__ import annotations

import json

import paths
from groups import Parts, group_of, trained_on
from report import interval, table
from score import CaseRow, grouped, mean_dice, own_structure


def committed() -> dict[str, Parts]:
    """splits.json: set name -> part -> ids."""
    return json.loads(paths.SPLITS.read_text())["sets"]


def unseen(rows: list[CaseRow], splits: dict[str, Parts]) -> list[CaseRow]:
    """Rows of images whose exam was not trained on."""
    known = {name: trained_on(name, parts) for name, parts in splits.items()}
    return [r for r in rows if not known[r["dataset"]](r["image"])]


def counts(splits: dict[str, Parts]) -> str:
    """"busi 4 of 58 test and 1 of 24 calibration images; ..." of the sets that have any, or ""."""
    told = []
    for name, parts in splits.items():
        found = {part: sum(map(trained_on(name, parts), parts[part])) for part in ("test", "calibration")}
        if any(found.values()):
            told.append(f"{name} " + " and ".join(f"{n} of {len(parts[part])} {part}" for part, n in found.items()) + " images")
    return "; ".join(told)


def both_sides_text(rows: list[CaseRow], splits: dict[str, Parts]) -> str:
    """rows: of the test part, as in cases.csv. Markdown."""
    told = counts(splits)
    if not told:
        return "None is known."
    named = [r | {"group": group_of(r["dataset"], r["image"])} for r in own_structure(rows)
             if r["promptType"] == "name" and r["trueFraction"] > 0]
    lines = []
    for (dataset, target, bundle), mine in grouped(named, ("dataset", "target", "bundle")).items():
        others = unseen(mine, splits)
        if len(others) < len(mine):
            lines.append([dataset, target, bundle, *map(cell, (mine, [r for r in mine if r not in others], others))])
    return (f"Of an exam that the models were trained on: {told}. What such images score says little about new patients; read the "
            "column of the others. The exams were read out of the images (`tools/train/exams.json`) after the models had been "
            "trained: BKAI's by the burned-in date and time (gaps of at most 10 minutes), BUSI's by eye, and there may be more. "
            "A new split keeps them whole. Mean Dice (masks), 95 % interval over exams.\n\n"
            + table(["set", "structure", "bundle", "all test images", "of exams trained on", "the others"], lines))


def cell(rows: list[CaseRow]) -> str:
    return f"{interval(mean_dice(rows))} ({len(rows)})" if rows else "none"
