"""Section: each set alone and pooled; and the starters, whose encoder is fine-tuned, beside the paper's figures."""

from __future__ import annotations

import csv
from pathlib import Path

import numpy as np

from experiment import figures
from experiment.compare import interval, named, set_means, written
from experiment.paper import paper_figure, paper_of_set
from experiment.plan import ARCHITECTURES, LONGER, POOLED, VLSM, longer_name
from experiment.store import Facts
from groups import group_of
from paths import HERE
from report import table
from score import grouped
from sets import REAL_SETS

STARTERS = {"starter-vlsm": VLSM, "starter-unet": "U-Net"}
ALONE, LONG = "alone", "alone, longer"


def sets_section(cases: list[Facts], folder: Path) -> str:
    names = [s.name for s in REAL_SETS]
    parts = [set_table(cases, names, which, a) for which, a in ((ALONE, ARCHITECTURES), (POOLED, ARCHITECTURES), (LONG, ARCHITECTURES[:2]))]
    pair = {f"{a}, {which}": [interval(of_set(cases, n, a, which)) for n in names]
            for a in ARCHITECTURES[:2] for which in (ALONE, POOLED)}
    figures.dots(names, pair, "Dice, 95 % interval", folder / "alone-and-pooled.svg")
    figures.dots(names, {a: [interval(of_set(cases, n, a, POOLED)) for n in names] for a in ARCHITECTURES},
                 "Dice of the pooled trainings, 95 % interval", folder / "architectures.svg")
    return "\n\n".join([
        "Trained on one set alone (each row another training):", parts[0],
        "Trained on all sets together, tested on each:", parts[1],
        f"Trained on one set alone for {LONGER} times as many samples:", parts[2],
        "![Dice alone and pooled](benchmark/alone-and-pooled.svg)",
        "![Dice of the four architectures, pooled](benchmark/architectures.svg)",
        "By structure (mean Dice, alone / pooled):", structure_table(cases, names)])


def of_set(cases: list[Facts], name: str, architecture: str, which: str) -> list[Facts]:
    training = {ALONE: name, LONG: longer_name(name), POOLED: POOLED}[which]
    return named(cases, dataset=name, architecture=architecture, training=training)


def set_table(cases: list[Facts], names: list[str], which: str, architectures: tuple[str, ...]) -> str:
    lines = []
    for name in names:
        found = {a: of_set(cases, name, a, which) for a in architectures}
        lines.append([name, str(max(len(c) for c in found.values())), *map(written, found.values()), paper_of_set(name)])
    means = []
    for a in architectures:
        scores = [np.mean(list(set_means(of_set(cases, n, a, which)).values())) for n in names if of_set(cases, n, a, which)]
        means.append(f"{np.mean(scores):.3f}" + ("" if len(scores) == len(names) else f" ({len(scores)} sets)") if scores else "not run")
    return table(["set", "masks", *architectures, "paper's CRIS"], [*lines, ["mean of sets", "", *means, ""]])


def structure_table(cases: list[Facts], names: list[str]) -> str:
    lines = []
    for (dataset, target), mine in grouped(named(cases, training=POOLED), ("dataset", "target")).items():
        scores = []
        for a in ARCHITECTURES:
            both = [[c["dice"] for c in of_set(cases, dataset, a, which) if c["target"] == target] for which in (ALONE, POOLED)]
            scores.append(" / ".join(f"{np.mean(b):.3f}" if b else "not run" for b in both))
        n = len({c["image"] for c in mine})
        lines.append([dataset, target, str(n), *scores, paper_figure(dataset, target)])
    lines.sort(key=lambda line: names.index(line[0]))
    return table(["set", "structure", "n", *ARCHITECTURES, "paper's CRIS"], lines)


def starter_cases() -> list[Facts]:
    """`cases.csv` of the starters, plain name as prompt, in the columns of this experiment."""
    with (HERE / "cases.csv").open(newline="") as file:
        return [{"architecture": STARTERS[row["bundle"]], "training": "starter", "repeat": 0} | row
                | {n: float(row[n]) for n in ("dice", "trueFraction")}
                | {"group": f"{row['dataset']}/{group_of(row['dataset'], row['image'])}"}
                for row in csv.DictReader(file)]


def starters_section(cases: list[Facts]) -> str:
    real = {s.name for s in REAL_SETS}
    lines = []
    for (dataset, target), mine in grouped([c for c in named(cases) if c["dataset"] in real], ("dataset", "target")).items():
        both = [[c for c in mine if c["architecture"] == a] for a in ARCHITECTURES[:2]]
        lines.append([dataset, target, str(len(both[0])), *map(written, both), paper_figure(dataset, target)])
    return table(["set", "structure", "n", "VLSM", "U-Net", "paper's CRIS"], lines)
