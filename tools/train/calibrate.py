"""Threshold and least area of each class, from the calibration part.

    python tools/train/calibrate.py --models models      writes <run>/thresholds.json
"""

from __future__ import annotations

import argparse
import json
from pathlib import Path

import numpy as np

import cache as caching
import paths
from bundle import ConventionalBundle, VlsmBundle
from export import UNET, VLSM
from sets import CLASS_NAMES

CANDIDATES = (0.3, 0.35, 0.4, 0.45, 0.5, 0.55, 0.6, 0.65, 0.7)
#: Another threshold than 0.5 must win by this much mean Dice over at least this many images.
WORTH, ENOUGH = 0.01, 30
#: A mask smaller than this share of the 2nd percentile of true areas is taken for noise.
LEAST_OF_TRUE = 0.25

Thresholds = dict[str, dict[str, dict[str, float]]]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    paths.add_data_flags(parser)
    parser.add_argument("--models", type=Path, default=paths.REPOSITORY / "models")
    parser.add_argument("--limit", type=int, default=10_000, help="images a set")
    args = parser.parse_args()
    sets = caching.load(args.images, args.phantoms, args.run / "cache")
    splits = json.loads(paths.SPLITS.read_text())["sets"]
    scores = candidate_scores(args.models, sets, splits, args.limit)
    least = least_areas(sets, splits)
    found: Thresholds = {bundle: {key: {"threshold": best(rows), "minAreaFraction": least[key]}
                                  for key, rows in by_key.items()} for bundle, by_key in scores.items()}
    for bundle in found:
        for key in least:
            found[bundle].setdefault(key, {"threshold": 0.5, "minAreaFraction": least[key]})
    (args.run / "thresholds.json").write_text(json.dumps(found, indent=1))
    changed = {b: {k: v["threshold"] for k, v in f.items() if v["threshold"] != 0.5} for b, f in found.items()}
    print("thresholds other than 0.5:", json.dumps(changed))


def candidate_scores(models: Path, sets: dict[str, caching.CachedSet], splits: dict[str, dict[str, list[str]]],
                     limit: int) -> dict[str, dict[str, list[np.ndarray]]]:
    """bundle -> "family/class" -> Dice of each image at each candidate."""
    vlsm, unet = VlsmBundle(models / VLSM), ConventionalBundle(models / UNET)
    scores: dict[str, dict[str, list[np.ndarray]]] = {VLSM: {}, UNET: {}}
    for name, cached in sets.items():
        for image_id in splits[name]["calibration"][:limit]:
            i = cached.ids.index(image_id)
            family = cached.spec.family
            looks, channels = vlsm.looks(cached.images[i], family), unet.probabilities(cached.images[i], family)
            for k in np.flatnonzero(cached.annotated[i]):
                truth = cached.masks[i, k] > 127
                if not truth.any():
                    continue
                key, target = f"{family}/{cached.classes[k]}", cached.classes[k]
                for bundle, p in ((VLSM, vlsm.probabilities(looks, target)),
                                  (UNET, channels[CLASS_NAMES.index(target)])):
                    scores[bundle].setdefault(key, []).append(dice_at(p, truth))
    return scores


def dice_at(probabilities: np.ndarray, truth: np.ndarray) -> np.ndarray:
    masks = [probabilities > t for t in CANDIDATES]
    return np.array([2 * (m & truth).sum() / (m.sum() + truth.sum()) for m in masks])


def best(rows: list[np.ndarray]) -> float:
    means = np.mean(rows, 0)
    half = CANDIDATES.index(0.5)
    top = int(np.argmax(means))
    return CANDIDATES[top] if len(rows) >= ENOUGH and means[top] > means[half] + WORTH else 0.5


def least_areas(sets: dict[str, caching.CachedSet], splits: dict[str, dict[str, list[str]]]) -> dict[str, float]:
    """"family/class" -> fraction of the image, from the training part's true areas."""
    areas: dict[str, list[float]] = {}
    for name, cached in sets.items():
        rows = [cached.ids.index(i) for i in splits[name]["train"]]
        for k, target in enumerate(cached.classes):
            found = (cached.masks[rows, k] > 127).mean((1, 2))
            areas.setdefault(f"{cached.spec.family}/{target}", []).extend(found[found > 0])
    return {key: round(float(np.percentile(v, 2)) * LEAST_OF_TRUE, 6) for key, v in areas.items()}


if __name__ == "__main__":
    main()
