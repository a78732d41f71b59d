"""How far an image lies from a family's training images, in the pooled features of each bundle's own encoder.

    python tools/train/domain.py --models models

Writes domain-<family>.json into both bundles and <run>/domain.json (how well the
families separate by the VLSM's), with the light of its training images. distance = || projection (x - mean) ||.

The projection first goes to the principal directions of ALL families together,
because that is where families differ, and then whitens there by the family's own
covariance, shrunk towards a multiple of the identity.
"""

from __future__ import annotations

import argparse
import json
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import numpy as np

import cache as caching
import paths
from bundle import ConventionalBundle, VlsmBundle
from export import UNET, VLSM
from groups import group_of
from light import light_of

DIRECTIONS, SHRINK, FOLDS = 32, 0.2, 5
NEAR, INSIDE, OUTSIDE = 97.5, 99.5, 1.0
#: Images of each other set and part that are looked at for a family with a size of its own.
STRANGERS = 25

Pooled = Callable[[np.ndarray], np.ndarray]
Splits = dict[str, dict[str, list[str]]]


@dataclass
class Rows:
    """Pooled features [M,D] with what each row is."""

    features: np.ndarray
    family: np.ndarray
    dataset: np.ndarray
    part: np.ndarray
    group: np.ndarray
    image: np.ndarray

    def where(self, mask: np.ndarray) -> np.ndarray:
        return self.features[mask]


@dataclass
class Domain:
    """mean [D], projection [k,D] of D pooled features."""

    mean: np.ndarray
    projection: np.ndarray

    def distances(self, features: np.ndarray) -> np.ndarray:
        return np.linalg.norm((features - self.mean) @ self.projection.T, axis=1)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    paths.add_data_flags(parser)
    parser.add_argument("--models", type=Path, default=paths.REPOSITORY / "models")
    args = parser.parse_args()
    sets = caching.load(args.images, args.phantoms, args.run / "cache", caching.SIDE)
    splits = json.loads(paths.SPLITS.read_text())["sets"]
    bundles = {VLSM: VlsmBundle(args.models / VLSM).pooled, UNET: ConventionalBundle(args.models / UNET).pooled}
    lights = {family: light_of(sets, splits, family) for family in {s.spec.family for s in sets.values()}}
    summary: dict[str, object] = {}
    for name, pooled in bundles.items():
        rows = pooled_features(pooled, sets, splits)
        np.savez(rows_file(args.run, name), **vars(rows))
        basis = shared_basis(rows)
        report = {}
        for family in map(str, sorted(set(rows.family))):
            own = rows_of(family, args, pooled, splits) if family in caching.SIDES else rows
            written, report[family] = calibrated(own, family, basis)
            text = json.dumps(written | {"light": lights[family]}, separators=(",", ":")) + "\n"
            (args.models / name / f"domain-{family}.json").write_text(text)
            print(name, family, {k: round(v, 3) for k, v in report[family].items()}, flush=True)
        if name == VLSM:
            summary = {"families": report, "otherSets": other_sets(rows, basis)}
    (args.run / "domain.json").write_text(json.dumps(summary, indent=1))


def rows_of(family: str, args: argparse.Namespace, pooled: Pooled, splits: Splits) -> Rows:
    """A family in a size of its own, and strangers in that size: so would they be asked as of this family."""
    sets = caching.load(args.images, args.phantoms, args.run / "cache", caching.SIDES[family])
    few = {name: {part: ids if sets[name].spec.family == family else ids[:STRANGERS] for part, ids in parts.items()}
           for name, parts in splits.items() if name in sets}
    return pooled_features(pooled, sets, few)


def pooled_features(pooled: Pooled, sets: dict[str, caching.CachedSet], splits: Splits) -> Rows:
    found: list[tuple[np.ndarray, str, str, str, str, str]] = []
    for name, cached in sets.items():
        for part, ids in splits[name].items():
            for image_id in ids:
                feature = pooled(cached.images[cached.ids.index(image_id)])
                found.append((feature, cached.spec.family, name, part, f"{name}/{group_of(name, image_id)}", image_id))
    features, *labels = zip(*found)
    return Rows(np.stack(features).astype(np.float64), *(np.array(label) for label in labels))


def rows_file(run: Path, bundle: str) -> Path:
    return run / f"pooled-{bundle}.npz"


def load_rows(run: Path, bundle: str) -> Rows:
    """What domain.py has seen."""
    return Rows(**np.load(rows_file(run, bundle)))


def shared_basis(rows: Rows) -> np.ndarray:
    """[32,D]: principal directions of the standardised training features, each set equally heavy."""
    train = rows.part == "train"
    weight = np.zeros(len(train))
    for name in set(rows.dataset):
        mine = train & (rows.dataset == name)
        weight[mine] = 1 / mine.sum()
    x, w = rows.where(train), weight[train] / weight.sum()
    centre = w @ x
    scale = np.sqrt(w @ (x - centre) ** 2) + 1e-6
    z = (x - centre) / scale
    values, vectors = np.linalg.eigh((z * w[:, None]).T @ z)
    return vectors[:, np.argsort(-values)[:DIRECTIONS]].T / scale


def fit(features: np.ndarray, basis: np.ndarray) -> Domain:
    mean = features.mean(0)
    inside = (features - mean) @ basis.T
    covariance = inside.T @ inside / max(1, len(inside) - 1)
    covariance = (1 - SHRINK) * covariance + SHRINK * np.trace(covariance) / len(basis) * np.eye(len(basis))
    values, vectors = np.linalg.eigh(covariance)
    return Domain(mean, (vectors / np.sqrt(values)).T @ basis)


def out_of_fold(rows: Rows, chosen: np.ndarray, basis: np.ndarray) -> np.ndarray:
    """Distance of each chosen image to a domain that has not seen its patient or sequence."""
    groups = np.unique(rows.group[chosen])
    fold = dict(zip(groups, np.random.default_rng(7).permutation(len(groups)) % FOLDS))
    folds = np.array([fold[g] for g in rows.group[chosen]])
    features = rows.where(chosen)
    distances = np.zeros(len(features))
    for f in range(FOLDS):
        distances[folds == f] = fit(features[folds != f], basis).distances(features[folds == f])
    return distances


def calibrated(rows: Rows, family: str, basis: np.ndarray) -> tuple[dict[str, object], dict[str, float]]:
    """The file's content, and how it does on the held-apart split and on other families.

    Quantiles come from the calibration images together with out-of-fold training images:
    some families have only three calibration images.
    """
    train = (rows.family == family) & (rows.part == "train")
    domain = fit(rows.where(train), basis)
    calibration = (rows.family == family) & (rows.part == "calibration")
    inside = np.concatenate([domain.distances(rows.where(calibration)), out_of_fold(rows, train, basis)])
    outside = domain.distances(rows.where((rows.family != family) & (rows.part != "test")))
    near, far = limits(inside, outside)
    test = domain.distances(rows.where((rows.family == family) & (rows.part == "test")))
    others = domain.distances(rows.where((rows.family != family) & (rows.part == "test")))
    written = {"dim": len(domain.mean), "mean": rounded(domain.mean),
               "projection": [rounded(row) for row in domain.projection],
               "quantiles": rounded(np.percentile(inside, np.arange(101))), "near": near, "far": far}
    return written, {"train": float(train.sum()), "near": near, "far": far,
                     "testWithinNear": float((test <= near).mean()), "testWithinFar": float((test <= far).mean()),
                     "othersBeyondNear": float((others > near).mean()),
                     "othersBeyondFar": float((others > far).mean())}


def limits(inside: np.ndarray, outside: np.ndarray) -> tuple[float, float]:
    """near: 97.5th percentile inside. far: half way (in ratio) between the outermost family members
    and the nearest strangers; where those overlap, just beyond the outermost members."""
    near, edge = float(np.percentile(inside, NEAR)), float(np.percentile(inside, INSIDE))
    stranger = float(np.percentile(outside, OUTSIDE))
    far = float(np.sqrt(edge * stranger)) if stranger > edge else edge
    return round(near, 4), round(max(far, near * 1.05), 4)


def other_sets(rows: Rows, basis: np.ndarray) -> list[dict[str, object]]:
    """Fit on one set, look at another of the same family: a new hospital must not look like a new family."""
    found: list[dict[str, object]] = []
    real = [str(d) for d in sorted(set(rows.dataset)) if not d.startswith("phantom")]
    for home in real:
        family = rows.family[rows.dataset == home][0]
        guests = [str(d) for d in sorted(set(rows.dataset)) if d != home and rows.family[rows.dataset == d][0] == family]
        if not guests:
            continue
        train = (rows.dataset == home) & (rows.part == "train")
        domain = fit(rows.where(train), basis)
        outside = domain.distances(rows.where((rows.family != family) & (rows.part != "test")))
        near, far = limits(out_of_fold(rows, train, basis), outside)
        for guest in guests:
            d = domain.distances(rows.where(rows.dataset == guest))
            found.append({"fitted on": home, "seen": guest, "near": near, "far": far,
                          "median": round(float(np.median(d)), 2), "within near": round(float((d <= near).mean()), 3),
                          "within far": round(float((d <= far).mean()), 3)})
    return found


def rounded(values: np.ndarray) -> list[float]:
    return [float(f"{v:.6g}") for v in values]


if __name__ == "__main__":
    main()
