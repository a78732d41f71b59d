"""Split each set into train, calibration and test by patient, exam, sequence or look-alike group.

    python tools/train/split.py            writes tools/train/splits.json
"""

from __future__ import annotations

import argparse
import json

import numpy as np
from PIL import Image

import cache as caching
import paths
from groups import group_of

TEST, CALIBRATION = 0.12, 0.05

#: Sets whose names show no patient: near-identical frames are chained into one group.
LOOK_ALIKE_SETS = {"kvasir-seg", "bkai-igh", "fuseg", "isic2017", "ph2", "busi", "hc18", "covid-cxr"}
LOOK_ALIKE_BITS = 36
#: Side of the images that are compared: another would make other groups, and so other splits.
HASHED = 256


def difference_hash(image: np.ndarray) -> np.ndarray:
    """uint8 [256,256,3] -> 256 bits: is each of 16 x 17 cells brighter than its neighbour."""
    small = np.asarray(Image.fromarray(image).convert("L").resize((17, 16), Image.Resampling.BOX), np.int16)
    return (small[:, 1:] > small[:, :-1]).ravel()


def look_alike_groups(images: np.ndarray, groups: list[str]) -> list[str]:
    """Chain the groups of images whose hashes differ in at most LOOK_ALIKE_BITS of 256 bits."""
    bits = np.stack([difference_hash(i) for i in images]).astype(np.float32)
    distance = bits @ (1 - bits).T + (1 - bits) @ bits.T
    merged = list(groups)
    for i, j in zip(*np.where(np.triu(distance <= LOOK_ALIKE_BITS, 1))):
        if merged[i] != merged[j]:
            gone = merged[j]
            merged = [merged[i] if g == gone else g for g in merged]
    return merged


def split_groups(ids: list[str], groups: list[str], rng: np.random.Generator) -> dict[str, list[str]]:
    """Fill test, then calibration, with whole groups in random order, without much overshoot."""
    members: dict[str, list[str]] = {}
    for image_id, group in zip(ids, groups):
        members.setdefault(group, []).append(image_id)
    order = [list(members)[i] for i in rng.permutation(len(members))]
    parts: dict[str, list[str]] = {"test": [], "calibration": [], "train": []}
    for group in order:
        for part, share in (("test", TEST), ("calibration", CALIBRATION), ("train", 1.0)):
            room = share * len(ids) - len(parts[part])
            if room > 0 and (part == "train" or len(members[group]) <= room + 0.05 * len(ids)):
                parts[part] += members[group]
                break
    return {part: sorted(found) for part, found in parts.items()}


def split_all(sets: dict[str, caching.CachedSet], seed: int) -> dict[str, dict[str, list[str]]]:
    """Set name -> part -> ids. Each set has its own generator, so that sets can be added later."""
    splits = {}
    for name, cached in sets.items():
        groups = [group_of(name, i) for i in cached.ids]
        if name in LOOK_ALIKE_SETS:
            groups = look_alike_groups(cached.images, groups)
        rng = np.random.default_rng([seed, *name.encode()])
        splits[name] = split_groups(cached.ids, groups, rng)
    return splits


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    paths.add_data_flags(parser)
    parser.add_argument("--seed", type=int, default=7)
    args = parser.parse_args()
    sets = caching.load(args.images, args.phantoms, args.run / "cache", HASHED)
    splits = split_all(sets, args.seed)
    part = paths.SPLITS.with_suffix(".part")
    part.write_text(json.dumps({"seed": args.seed, "sets": splits}, indent=1) + "\n")
    part.replace(paths.SPLITS)
    for name, parts in splits.items():
        print(name, {part: len(ids) for part, ids in parts.items()})


if __name__ == "__main__":
    main()
