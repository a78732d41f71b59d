"""Whether each class has a temperature (shared/model/mask-rule.ts), and its least area, from the calibration part.

    python tools/train/calibrate.py --models models      writes <run>/thresholds.json
"""

from __future__ import annotations

import argparse
import json
from pathlib import Path

import numpy as np

import cache as caching
import paths
from bundle import ConventionalBundle, MaskRule, VlsmBundle, dice, frame_threshold
from export import UNET, VLSM
from groups import group_of, trained_on
from sets import CLASS_NAMES, ELLIPSES

#: What masks are drawn by: the half, unless thresholds of greatest expected Dice are worth it.
RULES: list[MaskRule] = [
    {"threshold": 0.5, "minAreaFraction": 0},
    *({"threshold": 0.5, "minAreaFraction": 0, "temperature": t} for t in (1.0, 1.5, 2.0))]
#: It must win by this much mean Dice over at least this many groups (patients, exams, sequences), each of which counts once.
WORTH, ENOUGH = 0.005, 20
#: A mask smaller than this share of the 2nd percentile of true areas is taken for noise.
LEAST_OF_TRUE = 0.25

Thresholds = dict[str, dict[str, MaskRule]]
#: Group -> Dice by each rule, one an image.
Groups = dict[str, list[np.ndarray]]


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
    found: Thresholds = {bundle: {key: rule_of(key, by_key.get(key), least[key]) for key in least}
                         for bundle, by_key in scores.items()}
    (args.run / "thresholds.json").write_text(json.dumps(found, indent=1))
    changed = {b: {k: v for k, v in f.items() if v | {"minAreaFraction": 0} != RULES[0]} for b, f in found.items()}
    print("other rules than a threshold of 0.5:", json.dumps(changed))


def candidate_scores(models: Path, sets: dict[str, caching.CachedSet], splits: dict[str, dict[str, list[str]]],
                     limit: int) -> dict[str, dict[str, Groups]]:
    """bundle -> "family/class" -> Dice of each image by each rule, without images of an exam that was trained on."""
    vlsm, unet = VlsmBundle(models / VLSM), ConventionalBundle(models / UNET)
    scores: dict[str, dict[str, Groups]] = {VLSM: {}, UNET: {}}
    for name, cached in sets.items():
        is_seen = trained_on(name, splits[name])
        for image_id in [i for i in splits[name]["calibration"] if not is_seen(i)][:limit]:
            i = cached.ids.index(image_id)
            family, group = cached.spec.family, f"{name}/{group_of(name, image_id)}"
            looks, channels = vlsm.looks(cached.images[i], family), unet.probabilities(cached.images[i], family)
            for k in np.flatnonzero(cached.annotated[i]):
                truth = cached.masks[i, k] > 127
                if not truth.any():
                    continue
                key, target = f"{family}/{cached.classes[k]}", cached.classes[k]
                for bundle, p in ((VLSM, vlsm.probabilities(looks, target)),
                                  (UNET, channels[CLASS_NAMES.index(target)])):
                    scores[bundle].setdefault(key, {}).setdefault(group, []).append(dice_by_rule(p, truth))
    return scores


def dice_by_rule(probabilities: np.ndarray, truth: np.ndarray) -> np.ndarray:
    return np.array([dice(probabilities > frame_threshold(probabilities, rule), truth) for rule in RULES])


def best(groups: Groups) -> MaskRule:
    means = np.mean([np.mean(rows, 0) for rows in groups.values()], 0)
    top = int(np.argmax(means))
    return RULES[top] if len(groups) >= ENOUGH and means[top] > means[0] + WORTH else RULES[0]


def rule_of(key: str, groups: Groups | None, least: float) -> MaskRule:
    """groups: None where the calibration part does not show the class."""
    rule = (best(groups) if groups else RULES[0]) | {"minAreaFraction": least}
    return rule | {"shape": "ellipse"} if key.split("/")[1] in ELLIPSES else rule


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
