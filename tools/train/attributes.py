"""Size, number and place of a structure, in the paper's words, from its mask."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy import ndimage

#: Area fractions that divide small, medium and large in the paper's files (tools/train/check_prompts.py).
SMALL_BELOW, LARGE_FROM = 0.08, 0.30
NUMBERS = ("no", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine")


@dataclass(frozen=True)
class Attributes:
    """number >= 1; places has one entry a part, largest first."""

    number: int
    size: str
    places: tuple[str, ...]


def describe(mask: np.ndarray) -> Attributes | None:
    """mask [H,W] of any type, positive = structure; None when it is empty."""
    found = np.asarray(mask)[::2, ::2] > 0
    labels, count = ndimage.label(found)
    if count == 0:
        return None
    areas = ndimage.sum_labels(found, labels, range(1, count + 1)) / found.size
    parts = [i for i in np.argsort(-areas) if areas[i] > 0.0005][:9] or [int(np.argmax(areas))]
    centres = ndimage.center_of_mass(found, labels, [i + 1 for i in parts])
    height, width = found.shape
    places = tuple(place_word(x / width, y / height) for y, x in centres)
    return Attributes(len(parts), size_word(float(areas.max())), places)


def size_word(area: float) -> str:
    """area as a fraction of the image."""
    return "small" if area < SMALL_BELOW else "medium" if area < LARGE_FROM else "large"


def place_word(x: float, y: float) -> str:
    """x, y in 0..1 from the left and the top of the image."""
    row = "top" if y < 0.35 else "bottom" if y > 0.66 else ""
    column = "left" if x < 0.35 else "right" if x > 0.60 else ""
    return f"{row} {column}".strip() or "center"
