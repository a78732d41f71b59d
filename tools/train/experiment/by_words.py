"""Section: prompt types, fixed wordings, the wrong prompt."""

from __future__ import annotations

import numpy as np

from experiment.compare import named, own, paired, points, written
from experiment.judge import STRANGER
from experiment.paper import NOT_AT_HAND
from experiment.plan import ARCHITECTURES, POLYPS, POOLED, VLSM, WORDINGS
from experiment.store import Facts
from report import VLSM as BUNDLE
from report import table, wrong_prompt_table
from score import grouped

KINDS = tuple(f"paper p{n}" for n in range(10))


def prompts_section(cases: list[Facts]) -> str:
    return "\n\n".join([prompt_types(cases), fixed_wordings(cases)])


def prompt_types(cases: list[Facts]) -> str:
    pooled = [c for c in cases if c["training"] == POOLED and c["architecture"] == VLSM]
    if not pooled:
        return "Pooled VLSM: not run."
    asked = {(c["dataset"], c["image"]) for c in own(pooled, promptType="paper p1")}
    named_ones = [c for c in named(pooled) if (c["dataset"], c["image"]) in asked]
    lines = []
    for (dataset,), mine in grouped(named_ones, ("dataset",)).items():
        kinds = [own(pooled, promptType=k, dataset=dataset) for k in KINDS]
        lines.append([dataset, str(len(mine)), mean(mine), *(mean(k) for k in kinds)])
    lines.append(["all masks", str(len(named_ones)), mean(named_ones), *(mean(own(pooled, promptType=k)) for k in KINDS)])
    differences = [paired(own(pooled, promptType=k), named_ones) for k in KINDS]
    lines.append(["minus name, points", "", "", *(points(d) if d else "" for d in differences)])
    return ("Pooled VLSM on the held-apart images that the paper's files name, with the paper's own words (first wording of "
            "each type; P0 is the empty prompt, which no training with mixed prompts has seen; a family's types end where "
            "the paper's do). Last line: difference from the plain class name on the same masks, in Dice points. "
            f"The paper's figures: {NOT_AT_HAND}; it fine-tunes for the types, here one decoder answers all.\n\n"
            + table(["set", "masks", "name", *(f"P{n}" for n in range(10))], lines))


def mean(cases: list[Facts]) -> str:
    return f"{np.mean([c['dice'] for c in cases]):.3f}" if cases else ""


def wording_cases(cases: list[Facts], wording: str) -> list[Facts]:
    return own(cases, training=f"polyps, {wording}", promptType=wording)


def fixed_wordings(cases: list[Facts]) -> str:
    lines = []
    for wording in WORDINGS:
        mine = wording_cases(cases, wording)
        lines.append([wording, *(written([c for c in mine if c["dataset"] == s]) for s in POLYPS), written(mine)])
    return ("What words are worth after training with them: VLSMs on the four polyp sets that read only one kind of prompt, in "
            "training and in the test. *nothing*: the empty prompt; *name*: \"polyp\"; *sentence*: number, size, description and "
            "place taken from the true mask, so more than anybody could know before (an upper bound). "
            f"The paper's figures: {NOT_AT_HAND}.\n\n" + table(["prompt", *POLYPS, "all masks"], lines))


def wrong_section(cases: list[Facts]) -> str:
    rows = [c | {"bundle": BUNDLE} for c in cases if c["training"] == POOLED and c["architecture"] == VLSM]
    return "Pooled VLSM. " + wrong_prompt_table(rows) if rows else "Not run."


def stranger_section(cases: list[Facts]) -> str:
    lines = []
    for architecture in ARCHITECTURES:
        mine = [c for c in cases if c["promptType"] == STRANGER and c["architecture"] == architecture]
        if mine:
            empty = sum(c["foundFraction"] == 0 for c in mine)
            lines.append([architecture, str(len(mine)), f"{empty} ({100 * empty / len(mine):.0f} %)",
                          f"{np.mean([c['foundFraction'] for c in mine]):.4f}"])
    return ("Each held-apart image is asked for a structure of another modality or body part (VLSM by its name, the others by "
            "its channel, which was never shown such an image: only the VLSM is trained on absent structures).\n\n"
            + table(["pooled", "images", "rightly left empty", "mean share of the image marked"], lines))
