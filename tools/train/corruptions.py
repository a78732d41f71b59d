"""Dice of both starter bundles on corrupted images of the held-apart split.

    python tools/train/corruptions.py --models models

Writes corruptions.md beside this file. Geometry (rotation, crop) moves image and truth together.
"""

from __future__ import annotations

import argparse
import json
from collections.abc import Callable

import numpy as np
from PIL import Image, ImageFilter

import cache as caching
import paths
from bundle import ConventionalBundle, VlsmBundle, dice, mask_at
from calibrate import Thresholds
from export import UNET, VLSM
from report import table
from sets import CLASS_NAMES, REAL_SETS

Pair = tuple[np.ndarray, np.ndarray]
Change = Callable[[np.ndarray, np.ndarray, np.random.Generator], Pair]


def light(change: Callable[[np.ndarray, np.random.Generator], np.ndarray]) -> Change:
    """A change of the image alone; image uint8 [S,S,3] seen as 0..1."""
    def apply(image: np.ndarray, truth: np.ndarray, rng: np.random.Generator) -> Pair:
        changed = change(image / 255, rng)
        return (changed.clip(0, 1) * 255).round().astype(np.uint8), truth
    return apply


def blur(radius: float) -> Change:
    def apply(image: np.ndarray, truth: np.ndarray, _: np.random.Generator) -> Pair:
        return np.asarray(Image.fromarray(image).filter(ImageFilter.GaussianBlur(radius))), truth
    return apply


def rotation(degrees: float) -> Change:
    def apply(image: np.ndarray, truth: np.ndarray, _: np.random.Generator) -> Pair:
        turned = Image.fromarray(image).rotate(degrees, Image.Resampling.BILINEAR)
        return np.asarray(turned), np.asarray(Image.fromarray(truth).rotate(degrees, Image.Resampling.BILINEAR))
    return apply


def crop(share: float) -> Change:
    """The middle `share` of both sides."""
    def apply(image: np.ndarray, truth: np.ndarray, _: np.random.Generator) -> Pair:
        side = image.shape[0]
        edge = round(side * (1 - share) / 2)
        box = (edge, edge, side - edge, side - edge)
        resized = [Image.fromarray(a).crop(box).resize((side, side), Image.Resampling.BILINEAR) for a in (image, truth)]
        return np.asarray(resized[0]), np.asarray(resized[1])
    return apply


CHANGES: dict[str, Change] = {
    "none": light(lambda x, _: x),
    "noise, sd 0.05": light(lambda x, rng: x + rng.normal(0, 0.05, x.shape)),
    "noise, sd 0.15": light(lambda x, rng: x + rng.normal(0, 0.15, x.shape)),
    "blur, 1.5 pixels": blur(1.5),
    "blur, 4 pixels": blur(4),
    "gamma 0.5": light(lambda x, _: x ** 0.5),
    "gamma 2": light(lambda x, _: x ** 2),
    "half the contrast": light(lambda x, _: (x - 0.5) * 0.5 + 0.5),
    "inverted": light(lambda x, _: 1 - x),
    "turned by 30°": rotation(30),
    "turned by 90°": rotation(90),
    "middle 70 %": crop(0.7),
}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    paths.add_data_flags(parser)
    parser.add_argument("--models", type=paths.Path, default=paths.REPOSITORY / "models")
    parser.add_argument("--limit", type=int, default=12, help="images a set")
    args = parser.parse_args()
    sets = caching.load(args.images, [], args.run / "cache")
    splits = json.loads(paths.SPLITS.read_text())["sets"]
    thresholds: Thresholds = json.loads((args.run / "thresholds.json").read_text())
    vlsm, unet = VlsmBundle(args.models / VLSM), ConventionalBundle(args.models / UNET)
    found: dict[str, dict[str, list[float]]] = {change: {VLSM: [], UNET: []} for change in CHANGES}
    for spec in REAL_SETS:
        cached = sets[spec.name]
        for image_id in splits[spec.name]["test"][:args.limit]:
            i = cached.ids.index(image_id)
            for name, change in CHANGES.items():
                score(cached, i, change, (vlsm, unet), thresholds, found[name])
    version = json.loads((args.models / UNET / "manifest.json").read_text())["version"]
    (paths.HERE / "corruptions.md").write_text(report(found, args.limit, version))


def score(cached: caching.CachedSet, i: int, change: Change, bundles: tuple[VlsmBundle, ConventionalBundle],
          thresholds: Thresholds, found: dict[str, list[float]]) -> None:
    """Every structure that the image shows, by both bundles, at the side of their input."""
    rng = np.random.default_rng(i)
    vlsm, unet = bundles
    for k, name in enumerate(cached.classes):
        if not cached.annotated[i, k] or not cached.masks[i, k].any():
            continue
        image, truth = change(cached.images[i], cached.masks[i, k], rng)
        answers = {VLSM: vlsm.probabilities(vlsm.looks(image, cached.spec.family), name),
                   UNET: unet.probabilities(image, cached.spec.family)[CLASS_NAMES.index(name)]}
        for bundle, probabilities in answers.items():
            mask = mask_at(probabilities, truth.shape[::-1], thresholds[bundle][f"{cached.spec.family}/{name}"])
            found[bundle].append(dice(mask, truth > 127))


def report(found: dict[str, dict[str, list[float]]], limit: int, version: str) -> str:
    base = {bundle: np.mean(found["none"][bundle]) for bundle in (VLSM, UNET)}
    lines = [[change, *(f"{np.mean(scores[b]):.3f} ({np.mean(scores[b]) - base[b]:+.3f})" for b in (VLSM, UNET))]
             for change, scores in found.items()]
    masks = len(found["none"][VLSM])
    return "\n\n".join([
        "# Corrupted images",
        f"Made by `tools/train/corruptions.py`, starter bundles {version}: up to {limit} held-apart images of each real set, {masks} masks, Dice "
        "in the size of the bundles' input, plain class name as prompt; in brackets the change from the image as it is.",
        table(["change", "VLSM", "U-Net"], lines),
    ]) + "\n"


if __name__ == "__main__":
    main()
