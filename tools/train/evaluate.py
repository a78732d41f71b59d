"""Dice of the EXPORTED graphs on the held-apart split, and the wrong-prompt control.

    python tools/train/evaluate.py --models models

Writes cases.csv, report.md (beside this file unless --out says otherwise) and <run>/metrics.json.
"""

from __future__ import annotations

import argparse
import csv
import json
from dataclasses import asdict, dataclass, fields
from pathlib import Path
from random import Random

import numpy as np
from PIL import Image

import cache as caching
import paths
from both_sides import both_sides_text
from bundle import ConventionalBundle, MaskRule, VlsmBundle, dice, mask_at
from calibrate import Thresholds
from export import UNET, VLSM
from groups import group_of
from prompts import Case, absent_prompt, read_paper_prompts
from report import wrong_prompt_table, write_report
from score import summarise
from sets import CLASS_NAMES
from vocabulary import MODALITY_PHRASES

#: A test image is asked once for something that it cannot show.
ABSENT = "absent"


@dataclass(frozen=True)
class Row:
    """One mask against one truth. prompted: what was asked for; target: the structure compared with.

    overlap: Dice between the two structures' true masks (1 where they are the same).
    """

    dataset: str
    family: str
    image: str
    group: str
    bundle: str
    promptType: str
    prompt: str
    prompted: str
    target: str
    dice: float
    trueFraction: float
    foundFraction: float
    overlap: float


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    paths.add_data_flags(parser)
    parser.add_argument("--models", type=Path, default=paths.REPOSITORY / "models")
    parser.add_argument("--limit", type=int, default=10_000, help="images a set")
    parser.add_argument("--out", type=Path, default=paths.HERE)
    args = parser.parse_args()
    sets = caching.load(args.images, args.phantoms, args.run / "cache")
    splits = json.loads(paths.SPLITS.read_text())["sets"]
    thresholds: Thresholds = json.loads((args.run / "thresholds.json").read_text())
    paper = read_paper_prompts(args.prompts)
    evaluation = Evaluation(VlsmBundle(args.models / VLSM), ConventionalBundle(args.models / UNET), thresholds, paper)
    rows = [row for name, cached in sets.items() for image_id in splits[name]["test"][:args.limit]
            for row in evaluation.image(cached, image_id)]
    write_cases(rows, args.out / "cases.csv")
    metrics = summarise([asdict(r) for r in rows])
    (args.run / "metrics.json").write_text(json.dumps(metrics, indent=1))
    extras = {name: json.loads((args.run / f"{name}.json").read_text()) for name in ("agreement", "domain")}
    (args.run / "wrong-prompt.md").write_text(wrong_prompt_table([asdict(r) for r in rows]))
    both_sides = both_sides_text([asdict(r) for r in rows], splits)
    (args.run / "both-sides.md").write_text(both_sides)
    (args.out / "report.md").write_text(write_report([asdict(r) for r in rows], metrics, extras, both_sides))


class Evaluation:
    """Both bundles, their thresholds and the paper's prompts."""

    def __init__(self, vlsm: VlsmBundle, unet: ConventionalBundle, thresholds: Thresholds,
                 paper: dict[tuple[str, str, str], dict[str, list[str]]]) -> None:
        self.vlsm, self.unet, self.thresholds, self.paper = vlsm, unet, thresholds, paper

    def image(self, cached: caching.CachedSet, image_id: str) -> list[Row]:
        """All rows of one image."""
        spec, i = cached.spec, cached.ids.index(image_id)
        size = Image.open(cached.folder / f"{image_id}.jpg").size
        drawn = caching.read_masks(cached.folder, image_id, spec)
        truths = {name: np.asarray(drawn[name]) > 127 if name in drawn else np.zeros(size[::-1], bool)
                  for k, name in enumerate(cached.classes) if cached.annotated[i, k]}
        looks = self.vlsm.looks(cached.images[i], spec.family)
        channels = self.unet.probabilities(cached.images[i], spec.family)
        rows: list[Row] = []

        def add(bundle: str, kind: str, prompt: str, prompted: str, probabilities: np.ndarray,
                targets: list[str]) -> None:
            rule = self.thresholds[bundle][f"{spec.family}/{prompted}"] if prompted in truths else NO_CLASS
            mask = mask_at(probabilities, size, rule)
            for target in targets:
                truth = truths.get(target, np.zeros_like(mask))
                overlap = 1.0 if target == prompted else dice(truths[prompted], truth)
                rows.append(Row(spec.name, spec.family, image_id, group_of(spec.name, image_id), bundle, kind, prompt,
                                prompted, target, round(dice(mask, truth), 4), round(float(truth.mean()), 5),
                                round(float(mask.mean()), 5), round(overlap, 4)))

        for prompted in truths:
            add(VLSM, "name", prompted, prompted, self.vlsm.probabilities(looks, prompted), list(truths))
            add(UNET, "name", prompted, prompted, channels[CLASS_NAMES.index(prompted)], list(truths))
            for kind, prompt in self.wordings(Case(spec, image_id, prompted, np.zeros((1, 1)), False)):
                add(VLSM, kind, prompt, prompted, self.vlsm.probabilities(looks, prompt), [prompted])
        prompt = absent_prompt(spec, Random(f"{spec.name}/{image_id}"))
        add(VLSM, ABSENT, prompt, ABSENT, self.vlsm.probabilities(looks, prompt), [ABSENT])
        return rows

    def wordings(self, case: Case) -> list[tuple[str, str]]:
        """Other prompt types than the plain name; the paper's own where its files name the image."""
        found = [("name+modality", f"{case.target} {MODALITY_PHRASES[case.spec.family][0]}")]
        if case.spec.family == "chest-xray":
            found.append(("paper p1", f"{case.target[0].upper()}{case.target[1:]} in a chest Xray."))
        own = self.paper.get((case.spec.name, case.image_id, case.target), {})
        return found + [(f"paper {kind}", words[0]) for kind, words in sorted(own.items())]


#: Something that the image's family does not know: the plain threshold.
NO_CLASS: MaskRule = {"threshold": 0.5, "minAreaFraction": 0.0005}


def write_cases(rows: list[Row], path: Path) -> None:
    with path.open("w", newline="") as file:
        writer = csv.DictWriter(file, [f.name for f in fields(Row)], lineterminator="\n")
        writer.writeheader()
        writer.writerows(asdict(r) for r in rows)


if __name__ == "__main__":
    main()
