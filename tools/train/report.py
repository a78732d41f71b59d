"""The evaluation as markdown."""

from __future__ import annotations

from typing import Any

import numpy as np

from floor import FLOOR, TOLERANCE
from score import CaseRow, Metric, grouped, own_structure

VLSM, UNET = "starter-vlsm", "starter-unet"
#: Structures whose true masks share less than this Dice count as not overlapping.
APART = 0.02


def write_report(rows: list[CaseRow], metrics: dict[str, list[Metric]], extras: dict[str, Any], both_sides: str) -> str:
    """both_sides: `both_sides.both_sides_text` of the rows."""
    parts = [
        "# Evaluation of the starter bundles",
        "Made by `tools/train/evaluate.py` with the exported ONNX graphs on the held-apart split "
        "(`tools/train/splits.json`); every case is in `cases.csv`. Dice at the image's own size, threshold and least "
        "area from the manifest, plain class name as prompt. Brackets: 95 % bootstrap interval over patients, exams or "
        "sequences where the ids name them. Images whose true mask is empty are counted apart.",
        "## Dice by set and structure", dice_table(metrics),
        "## Exams on both sides of the split", both_sides,
        "## Against the floor", floor_text(metrics),
        "## Prompt types", prompt_table(metrics),
        "## Wrong-prompt control", wrong_prompt_table(rows),
        "## Nothing to find", empty_text(rows),
        "## Distance to the training images", domain_text(extras["domain"]),
        "## PyTorch against ONNX Runtime", agreement_table(extras["agreement"]),
    ]
    return "\n\n".join(parts) + "\n"


def table(head: list[str], lines: list[list[str]]) -> str:
    marks = ["---"] * len(head)
    return "\n".join("| " + " | ".join(line) + " |" for line in [head, marks, *lines])


def by_structure(metrics: list[Metric]) -> dict[tuple[str, str], Metric]:
    return {(m["dataset"], m["target"]): m for m in metrics if m["promptType"] == "name"}


def interval(m: Metric) -> str:
    return f"{m['dice']:.3f} [{m['diceLow']:.3f}, {m['diceHigh']:.3f}]"


def dice_table(metrics: dict[str, list[Metric]]) -> str:
    vlsm, unet = by_structure(metrics[VLSM]), by_structure(metrics[UNET])
    lines = [[*key, str(m["n"]), interval(m), interval(unet[key]),
              f"{FLOOR[key]:.3f}" if key in FLOOR else ""] for key, m in vlsm.items()]
    means = [f"{np.mean([m['dice'] for m in found.values()]):.3f}" for found in (vlsm, unet)]
    return table(["set", "structure", "n", "VLSM", "U-Net", "floor"], [*lines, ["mean of rows", "", "", *means, ""]])


def floor_text(metrics: dict[str, list[Metric]]) -> str:
    below = []
    for bundle in (VLSM, UNET):
        for key, m in by_structure(metrics[bundle]).items():
            if key in FLOOR and m["dice"] < FLOOR[key] - TOLERANCE:
                below.append([bundle, *key, str(m["n"]), interval(m), f"{FLOOR[key]:.3f}",
                              f"{m['dice'] - FLOOR[key]:+.3f}"])
    compared = {b: [(m["dice"], FLOOR[k]) for k, m in by_structure(metrics[b]).items() if k in FLOOR]
                for b in (VLSM, UNET)}
    gains = ", ".join(f"{b} {np.mean([a - f for a, f in pairs]):+.3f}" for b, pairs in compared.items())
    text = (f"The floor is an earlier run on another split (`floor.py`), so single rows with few images move by "
            f"chance. Mean difference over {len(compared[VLSM])} rows: {gains}. ")
    if not below:
        return text + f"No row is more than {TOLERANCE:.2f} below it."
    return text + f"Rows more than {TOLERANCE:.2f} below it:\n\n" + table(
        ["bundle", "set", "structure", "n", "Dice", "floor", "difference"], below)


def prompt_table(metrics: dict[str, list[Metric]]) -> str:
    """Mean over rows, for images that have the type; name is given on the same structures."""
    vlsm = metrics[VLSM]
    kinds = sorted({m["promptType"] for m in vlsm} - {"name"})
    lines = []
    for dataset in dict.fromkeys(m["dataset"] for m in vlsm):
        mine = {k: [m for m in vlsm if m["dataset"] == dataset and m["promptType"] == k] for k in ["name", *kinds]}
        lines.append([dataset, *(f"{np.mean([m['dice'] for m in ms]):.3f} ({sum(m['n'] for m in ms)})" if ms else ""
                                 for ms in mine.values())])
    return ("VLSM, mean Dice (cases). Types `paper p…` are the paper's own words for images that its files name: "
            "few and other images than the whole split.\n\n" + table(["set", "name", *kinds], lines))


def wrong_prompt_table(rows: list[CaseRow]) -> str:
    wrong = [r for r in rows if r["promptType"] == "name" and r["bundle"] == VLSM and r["prompted"] != r["target"]
             and r["trueFraction"] > 0]
    named = grouped([r for r in own_structure(rows) if r["bundle"] == VLSM and r["promptType"] == "name"
                     and r["trueFraction"] > 0], ("dataset", "prompted"))
    lines, strangers = [], []
    for (dataset, prompted, target), mine in grouped(wrong, ("dataset", "prompted", "target")).items():
        if (dataset, prompted) not in named:
            continue
        own = np.mean([r["dice"] for r in named[dataset, prompted]])
        other, overlap = np.mean([r["dice"] for r in mine]), np.mean([r["overlap"] for r in mine])
        if overlap < APART:
            strangers.append((other, f"{dataset}, {prompted} on {target}"))
        lines.append([dataset, prompted, target, f"{own:.3f}", f"{other:.3f}", f"{overlap:.3f}"])
    worst = max(strangers, default=(0.0, "none"))
    summary = (f"Over {len(strangers)} pairs that do not overlap: mean {np.mean([s for s, _ in strangers]):.3f}, "
               f"worst {worst[0]:.3f} ({worst[1]}).")
    return ("The mask for a prompt against the named structure and against each OTHER structure of the image. "
            "\"True overlap\" is the Dice between the two true masks: what a perfect answer would score. "
            f"{summary}\n\n"
            + table(["set", "asked for", "compared with", "Dice, named", "Dice, other", "true overlap"], lines))


def empty_text(rows: list[CaseRow]) -> str:
    absent = [r for r in rows if r["promptType"] == "absent"]
    lines = []
    for (dataset,), mine in grouped(absent, ("dataset",)).items():
        lines.append([dataset, str(len(mine)), str(sum(r["foundFraction"] == 0 for r in mine)),
                      f"{np.mean([r['foundFraction'] for r in mine]):.4f}"])
    total = f"{sum(r['foundFraction'] == 0 for r in absent)} of {len(absent)}"
    empties = [r for r in own_structure(rows) if r["promptType"] == "name" and r["trueFraction"] == 0]
    missed = [r for r in own_structure(rows) if r["promptType"] == "name" and r["trueFraction"] > 0]
    found = []
    for (bundle, dataset, target), mine in grouped(empties, ("bundle", "dataset", "target")).items():
        shown = [r for r in missed if (r["bundle"], r["dataset"], r["target"]) == (bundle, dataset, target)]
        found.append([bundle, dataset, target, f"{sum(r['foundFraction'] == 0 for r in mine)} of {len(mine)}",
                      f"{sum(r['foundFraction'] == 0 for r in shown)} of {len(shown)}"])
    return (f"Asked for a structure of another family, the VLSM left {total} images empty:\n\n"
            + table(["set", "images", "left empty", "mean area found"], lines)
            + "\n\nImages of which the annotation says that the structure is not there:\n\n"
            + table(["bundle", "set", "structure", "rightly left empty", "shown but wrongly left empty"], found))


def domain_text(domain: dict[str, Any]) -> str:
    lines = [[family, f"{d['train']:.0f}", f"{d['near']:.2f}", f"{d['far']:.2f}", percent(d["testWithinNear"]),
              percent(d["testWithinFar"]), percent(d["othersBeyondNear"]), percent(d["othersBeyondFar"])]
             for family, d in domain["families"].items()]
    guests = [[str(v) for v in line.values()] for line in domain["otherSets"]]
    return (table(["family", "training images", "near", "far", "held apart within near", "within far",
                   "other families beyond near", "beyond far"], lines)
            + "\n\nFitted on one set only, another set of the same family looked at:\n\n"
            + table(["fitted on", "seen", "near", "far", "median distance", "within near", "within far"], guests))


def percent(share: float) -> str:
    return f"{100 * share:.1f} %"


def agreement_table(agreement: dict[str, dict[str, dict[str, dict[str, float]]]]) -> str:
    """agreement: bundle -> graph -> storage -> output -> difference."""
    lines = [[bundle, graph, output, *(f"{found[storage][output]:.2g}" for storage in ("fp32", "fp16-stored"))]
             for bundle, graphs in agreement.items() for graph, found in graphs.items() for output in found["fp32"]]
    return ("Largest absolute difference on random input, batch and length other than traced. The bundles hold the "
            "fp16-stored graphs; all Dice above are theirs.\n\n"
            + table(["bundle", "graph", "output", "fp32", "weights stored as fp16"], lines))
