"""Write a prompt for one structure of one image, in the words that the product will use."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from random import Random

import numpy as np

from attributes import NUMBERS, Attributes, describe
from sets import ALL_SETS, ImageSet, family_classes
from vocabulary import CAMUS_SHAPES, DESCRIPTIONS, MAY_SHOW, MODALITY_PHRASES, SYNONYMS

#: The paper's file of each set that it names images of.
PAPER_FILES = {
    "kvasir-seg": "kvasir_polyp.json", "bkai-igh": "bkai_polyp.json", "cvc-clinicdb": "clinicdb_polyp.json",
    "cvc-colondb": "colondb_polyp.json", "isic2017": "isic.json", "busi": "busi.json", "camus": "camus.json",
}
CAMUS_MASKS = {"mask_1": "left ventricular cavity", "mask_2": "myocardium", "mask_3": "left atrium cavity"}
PLACE_TYPES = {"p6", "p9"}


@dataclass(frozen=True)
class Case:
    """One structure of one augmented image; mask [S,S], positive = structure."""

    spec: ImageSet
    image_id: str
    target: str
    mask: np.ndarray
    mirrored: bool
    findings: tuple[str, ...] = ()
    turned: bool = False


PaperPrompts = dict[tuple[str, str, str], dict[str, list[str]]]


def read_paper_prompts(folder: Path) -> PaperPrompts:
    """(set, image id, target) -> prompt type -> wordings, from the paper's JSON files."""
    found: PaperPrompts = {}
    for set_name, file in PAPER_FILES.items():
        default = next(iter(ALL_SETS[set_name].structures.values()))
        for entry in json.loads((folder / file).read_text()):
            target = CAMUS_MASKS.get(entry["mask"].split("/")[0], default)
            found[set_name, Path(entry["image"]).stem, target] = {
                kind: [words] if isinstance(words, str) else words
                for kind, words in entry["prompts"].items() if words}
    return found


def write_prompt(case: Case, paper: PaperPrompts, rng: Random) -> str:
    """A prompt that is true of the case."""
    own = paper.get((case.spec.name, case.image_id, case.target))
    if own and rng.random() < 0.4:
        still_true = {kind: words for kind, words in own.items() if not (case.turned and kind in PLACE_TYPES)}
        return paper_prompt(still_true, case.mirrored, rng)
    draw = rng.random()
    if draw < 0.40:
        return case.target
    if draw < 0.55:
        return f"{case.target} {rng.choice(MODALITY_PHRASES[case.spec.family])}"
    if draw < 0.65:
        word = rng.choice(SYNONYMS[case.target])
        return f"{word} {rng.choice(MODALITY_PHRASES[case.spec.family])}" if rng.random() < 0.4 else word
    return sentence(case, rng)


def paper_prompt(own: dict[str, list[str]], mirrored: bool, rng: Random) -> str:
    """One of the paper's own wordings for this image; places follow a mirrored image."""
    kind = rng.choice(sorted(own))
    words = rng.choice(own[kind])
    return swap_sides(words) if mirrored else words


def swap_sides(words: str) -> str:
    """Exchange "left" and "right"."""
    return words.replace("left", "\0").replace("right", "left").replace("\0", "right")


def sentence(case: Case, rng: Random) -> str:
    """A sentence of the paper's form for the family; p1 to p9 as far as they are known."""
    if case.spec.family == "cardiac-ultrasound":
        return camus_sentence(case, rng)
    if case.spec.family == "chest-xray":
        return chest_sentence(case, rng)
    if case.spec.family == "breast-ultrasound":
        return breast_sentence(case, rng)
    if case.target in DESCRIPTIONS:
        return photograph_sentence(case.target, describe(case.mask), rng)
    return f"{capital(case.target)} {rng.choice(MODALITY_PHRASES[case.spec.family])}."


def photograph_sentence(target: str, seen: Attributes | None, rng: Random) -> str:
    """p4 to p9 of polyps, skin and foot ulcers, without shape and colour."""
    description = rng.choice(DESCRIPTIONS[target])
    if seen is None or rng.random() < 0.2:
        return f"{target} {description}"
    words = f"{seen.size} {target}"
    kind = rng.choice(("p4", "p5", "p6", "p8", "p9"))
    if kind == "p4":
        return words
    words = f"{NUMBERS[seen.number]} {words}"
    place = f"located in {', '.join(seen.places)} of the image"
    return {"p5": words, "p6": f"{words}, {place}", "p8": f"{words} {description}",
            "p9": f"{words} {description} {place}"}[kind]


def breast_sentence(case: Case, rng: Random) -> str:
    """p1 to p5 of BUSI."""
    seen, end = describe(case.mask), "in the breast ultrasound image."
    kind = case.image_id.rsplit("_", 1)[-1]
    if seen is None or kind not in ("benign", "malignant"):
        return rng.choice((f"No tumor {end}", f"Tumor {end}"))
    if rng.random() < 0.25:
        return f"Tumor {end}"
    nature = rng.choice((kind, {"benign": "regular-shaped", "malignant": "irregular-shaped"}[kind]))
    noun = "tumor" if seen.number == 1 else "tumors"
    number = capital(NUMBERS[seen.number])
    return rng.choice((
        f"{capital(nature)} {noun} {end}",
        f"{number} {nature} {noun} {end}",
        f"{number} {seen.size} {nature} {noun} {end}",
        f"{number} {seen.size} {nature} {noun} at the {', '.join(seen.places)} {end}",
    ))


def camus_sentence(case: Case, rng: Random) -> str:
    """p1 to p7 of CAMUS. View and cycle are in the id; sex, age and quality are not known
    for most images and say nothing about the mask, so they are drawn: the words must do no harm."""
    _, view, cycle = case.image_id.split("_")
    where = rng.choice(("of the heart", "in the cardiac ultrasound"))
    depth = rng.choice((1, 2, 2, 3, 3, 4, 5, 6, 7))
    words = capital(case.target)
    if depth >= 7:
        words += f" of {CAMUS_SHAPES[case.target]} shape"
    if depth >= 2:
        words += f" in {'two' if view == '2CH' else 'four'}-chamber view"
    words += f" {where}"
    if depth >= 3:
        words += f" at end of the {'diastole' if cycle == 'ED' else 'systole'} cycle"
    if depth >= 4:
        age = f"{age_words(rng.randint(20, 89))}-year-old " if depth >= 5 else ""
        words += f" of a {age}{rng.choice(('male', 'female'))}"
    if depth >= 6:
        words += f" with {rng.choice(('good', 'medium', 'poor'))} image quality"
    return words + "."


TENS = ("", "", "twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty")


def age_words(years: int) -> str:
    """20..89 -> "fifty-six"."""
    tens, units = divmod(years, 10)
    return f"{TENS[tens]}-{NUMBERS[units]}" if units else TENS[tens]


def chest_sentence(case: Case, rng: Random) -> str:
    """p1, p2 and p6 of CheXlocalize, with the structure's name in place of the finding's."""
    name = capital(case.target)
    others = [capital(f) for f in case.findings if f != case.target]
    kind = rng.choice(("p1", "p1", "p2", "p2", "p6"))
    if kind == "p2":
        return f"{name} in the frontal view of a Chest Xray."
    if kind == "p6" and others:
        return f"{name} in a Chest Xray. {', '.join(others)} are present. "
    return f"{name} in a chest Xray."


def capital(words: str) -> str:
    """First letter upper case, the rest untouched."""
    return words[:1].upper() + words[1:]


def absent_prompt(spec: ImageSet, rng: Random) -> str:
    """A prompt of a structure that images of this set cannot show (empty mask)."""
    families = [f for f in MODALITY_PHRASES if f != spec.family and f not in MAY_SHOW[spec.family]]
    family = rng.choice(families)
    target = rng.choice(family_classes(family))
    ambiguous = target in family_classes(spec.family) or target == "tumor"
    draw = rng.random()
    if ambiguous or draw < 0.3:
        return f"{target} {rng.choice(MODALITY_PHRASES[family])}"
    if draw < 0.45 and target in DESCRIPTIONS:
        return f"{target} {rng.choice(DESCRIPTIONS[target])}"
    if draw < 0.6 and family == "chest-xray":
        return f"{capital(target)} in a chest Xray."
    return target
