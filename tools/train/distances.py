"""Which distance tells best that an image is unlike the training images: the one that ships, or nearest neighbours?

    python tools/train/distances.py --models models      writes distances.md beside this file

After domain.py (whose <run>/pooled-starter-vlsm.npz it reads) and evaluate.py (cases.csv).
"""

from __future__ import annotations

import argparse
import csv
from collections.abc import Callable
from pathlib import Path

import numpy as np
from scipy.stats import rankdata

import cache as caching
import paths
from bundle import VlsmBundle
from corruptions import CHANGES
from domain import NEAR, Rows, fit, load_rows, shared_basis
from export import VLSM
from report import table
from sets import REAL_SETS

#: Changes that lower the Dice most.
STRONG = ("noise, sd 0.15", "blur, 4 pixels", "inverted")
FAILED = 0.7
NEIGHBOURS = (1, 5, 15)

#: features [M,D] and the groups that must not count as neighbours (None: all count) -> distances [M].
Distance = Callable[[np.ndarray, np.ndarray | None], np.ndarray]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    paths.add_data_flags(parser)
    parser.add_argument("--models", type=Path, default=paths.REPOSITORY / "models")
    parser.add_argument("--limit", type=int, default=12, help="changed images a set")
    args = parser.parse_args()
    rows = load_rows(args.run, VLSM)
    changed = changed_rows(rows, caching.load(args.images, [], args.run / "cache", caching.SIDE), VlsmBundle(args.models / VLSM), args.limit)
    dice = worst_dice(paths.HERE / "cases.csv")
    lines = [[name, *(f"{value:.3f}" for value in (strangers(rows, kind), changes(rows, changed, kind), failures(rows, dice, kind)))]
             for name, kind in kinds(rows).items()]
    (paths.HERE / "distances.md").write_text("\n\n".join([
        "# Distance to the training images",
        "Made by `tools/train/distances.py` from the VLSM's pooled features, on held-apart images. AUROC of three questions: "
        "is the image of another family (mean over families); was it changed "
        f"({', '.join(STRONG)}; up to {args.limit} images of each real set, against the same images unchanged); will a mask "
        f"of it have a Dice below {FAILED} (worst structure of each image as it is, plain name). For the last two, distances "
        "are in units of the family's own 97.5th percentile.",
        table(["distance", "another family", "changed", "will fail"], lines),
    ]) + "\n")


def kinds(rows: Rows) -> dict[str, Callable[[str], Distance]]:
    """Name -> family -> distance to that family's training images."""
    basis, train = shared_basis(rows), rows.part == "train"
    spread = rows.where(train).std(0) + 1e-6

    def shipped(family: str) -> Distance:
        domain = fit(rows.where(train & (rows.family == family)), basis)
        return lambda x, _: domain.distances(x)

    def nearest(k: int, projected: bool) -> Callable[[str], Distance]:
        def of(family: str) -> Distance:
            mine = train & (rows.family == family)
            projection = fit(rows.where(mine), basis).projection if projected else np.diag(1 / spread)
            known, groups = rows.where(mine) @ projection.T, rows.group[mine]
            return lambda x, own: neighbour_distance(known, groups, x @ projection.T, own, k)
        return of

    return {"Mahalanobis in 32 principal directions (ships)": shipped,
            **{f"mean of {k} nearest, standardised features": nearest(k, False) for k in NEIGHBOURS},
            **{f"mean of {k} nearest, in the 32 directions": nearest(k, True) for k in NEIGHBOURS}}


def neighbour_distance(known: np.ndarray, groups: np.ndarray, x: np.ndarray, own: np.ndarray | None, k: int) -> np.ndarray:
    """Mean distance to the k nearest of other groups than one's own."""
    square = (x ** 2).sum(1)[:, None] + (known ** 2).sum(1) - 2 * x @ known.T
    distance = np.sqrt(square.clip(min=0))
    if own is not None:
        distance[own[:, None] == groups] = np.inf
    return np.sort(distance, 1)[:, :k].mean(1)


def strangers(rows: Rows, kind: Callable[[str], Distance]) -> float:
    test = rows.part == "test"
    found = []
    for family in sorted(set(rows.family)):
        distance = kind(str(family))(rows.where(test), None)
        found.append(auroc(distance, rows.family[test] != family))
    return float(np.mean(found))


def changes(rows: Rows, changed: Rows, kind: Callable[[str], Distance]) -> float:
    relative = in_units_of_near(rows, changed, kind)
    return auroc(relative, changed.part != "none")


def failures(rows: Rows, dice: dict[tuple[str, str], float], kind: Callable[[str], Distance]) -> float:
    asked = [i for i in range(len(rows.part)) if (rows.dataset[i], rows.image[i]) in dice]
    some = Rows(*(values[asked] for values in vars(rows).values()))
    truth = np.array([dice[d, i] < FAILED for d, i in zip(some.dataset, some.image)])
    return auroc(in_units_of_near(rows, some, kind), truth)


def in_units_of_near(rows: Rows, asked: Rows, kind: Callable[[str], Distance]) -> np.ndarray:
    relative = np.zeros(len(asked.family))
    for family in set(asked.family):
        distance, mine = kind(str(family)), (rows.part == "train") & (rows.family == family)
        near = np.percentile(distance(rows.where(mine), rows.group[mine]), NEAR)
        here = asked.family == family
        relative[here] = distance(asked.where(here), None) / near
    return relative


def changed_rows(rows: Rows, sets: dict[str, caching.CachedSet], vlsm: VlsmBundle, limit: int) -> Rows:
    """Test images as they are (part "none") and changed (part: the change)."""
    found: list[tuple[np.ndarray, str, str, str, str, str]] = []
    for spec in REAL_SETS:
        cached, test = sets[spec.name], rows.image[(rows.dataset == spec.name) & (rows.part == "test")]
        for image_id in test[:limit]:
            i = cached.ids.index(str(image_id))
            for name in ("none", *STRONG):
                image, _ = CHANGES[name](cached.images[i], cached.masks[i, 0], np.random.default_rng(i))
                found.append((vlsm.pooled(image).astype(np.float64), spec.family, spec.name, name, "", str(image_id)))
    features, *labels = zip(*found)
    return Rows(np.stack(features), *(np.array(label) for label in labels))


def worst_dice(path: Path) -> dict[tuple[str, str], float]:
    """(set, image) -> lowest Dice of its structures by the VLSM, asked by name."""
    found: dict[tuple[str, str], float] = {}
    with path.open(newline="") as file:
        for row in csv.DictReader(file):
            if row["bundle"] == VLSM and row["promptType"] == "name" and row["prompted"] == row["target"]:
                key = row["dataset"], row["image"]
                found[key] = min(found.get(key, 1.0), float(row["dice"]))
    return found


def auroc(score: np.ndarray, positive: np.ndarray) -> float:
    ranks, n = rankdata(score), positive.sum()
    return float((ranks[positive].sum() - n * (n + 1) / 2) / (n * (len(score) - n)))


if __name__ == "__main__":
    main()
