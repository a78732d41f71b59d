"""Do our prompt words match the paper's files?

    python tools/train/check_prompts.py

Fails when a description or a sentence's form differs; prints how often size, number and
place, computed from the masks, agree with the paper's words (its own are not all consistent).
"""

from __future__ import annotations

import argparse
import json
import re
from collections import Counter
from pathlib import Path
from random import Random

import numpy as np
from PIL import Image

import paths
from attributes import NUMBERS, describe
from cache import read_masks
from prompts import CAMUS_MASKS, PAPER_FILES, Case, camus_sentence, swap_sides
from sets import ALL_SETS
from vocabulary import DESCRIPTIONS

PHOTOGRAPHS = {"kvasir_polyp.json": "polyp", "isic.json": "skin melanoma", "dfu.json": "foot ulcer"}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    paths.add_data_flags(parser)
    args = parser.parse_args()
    for file, target in PHOTOGRAPHS.items():
        check_photographs(json.loads((args.prompts / file).read_text()), target)
    check_camus(json.loads((args.prompts / "camus.json").read_text()))
    if swap_sides("top left, right") != "top right, left":
        raise SystemExit("swap_sides does not swap")
    for set_name, file in PAPER_FILES.items():
        if set_name not in ("busi", "camus"):
            print(set_name, agreement(args.images / set_name, set_name, json.loads((args.prompts / file).read_text())))
    print("forms and descriptions agree with the paper's files")


def check_photographs(entries: list[dict], target: str) -> None:
    """p7 is the descriptions word for word; p9 is p5, a description and the place of p6."""
    for entry in entries:
        p = entry["prompts"]
        if p["p7"] != [f"{target} {d}" for d in DESCRIPTIONS[target]]:
            raise SystemExit(f"{entry['image']}: p7 differs from vocabulary.DESCRIPTIONS")
        place = p["p6"].removeprefix(p["p5"] + ", ")
        if p["p9"] != [f"{p['p5']} {d} {place}" for d in DESCRIPTIONS[target]]:
            raise SystemExit(f"{entry['image']}: p9 is not p5, description and place")


def check_camus(entries: list[dict]) -> None:
    """Every sentence that we can draw becomes one of the paper's when age, sex, quality and shape are blanked."""
    for entry in entries[:6]:
        target, stem = CAMUS_MASKS[entry["mask"].split("/")[0]], Path(entry["image"]).stem
        wanted = {blanked(w) for kind, words in entry["prompts"].items() if kind != "p0" for w in words}
        case, rng = Case(ALL_SETS["camus"], stem, target, np.zeros((1, 1)), False), Random(1)
        drawn = {blanked(camus_sentence(case, rng)) for _ in range(300)}
        if drawn - wanted:
            raise SystemExit(f"{stem}: not in the paper's forms: {sorted(drawn - wanted)[:3]}")


def blanked(words: str) -> str:
    words = re.sub(r"of a [a-z-]+-year-old (fe)?male", "of a AGE SEX", words)
    words = re.sub(r"of a (fe)?male", "of a SEX", words)
    words = re.sub(r"with \w+ image quality", "with Q image quality", words)
    return re.sub(r"of \w+ shape", "of S shape", words)


def agreement(folder: Path, set_name: str, entries: list[dict]) -> dict[str, str]:
    """Share of the paper's images here whose words follow from the mask."""
    hits: Counter[str] = Counter()
    total = 0
    for entry in entries:
        drawn = read_masks(folder, Path(entry["image"]).stem, ALL_SETS[set_name])
        seen = describe(np.asarray(next(iter(drawn.values())).resize((256, 256), Image.Resampling.BOX)) > 127) \
            if drawn else None
        if seen is None:
            continue
        total += 1
        words = entry["prompts"]["p6"]
        hits["size"] += seen.size in words.split()
        hits["number"] += words.startswith(NUMBERS[seen.number])
        hits["place"] += f"located in {', '.join(seen.places)} of" in words
    return {name: f"{hits[name]} of {total}" for name in ("size", "number", "place")}


if __name__ == "__main__":
    main()
