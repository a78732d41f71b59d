"""Squash all images and masks to one side once and keep them as uint8 arrays.

`<cache>/<side>/<set>/images.npy` [N,S,S,3], `masks.npy` [N,K,S,S] (0..255, area
averaged, K = the set's classes), `index.json` (ids, classes, annotated, sizes).
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from PIL import Image

from sets import ALL_SETS, PHANTOM_SETS, ImageSet

#: Of the starters' input, and of the families in which more shows more: vessels are two pixels wide.
SIDE = 320
SIDES: dict[str, int] = {"fundus": 384}


@dataclass
class CachedSet:
    """One set in memory. annotated[i, k]: class k of image i was looked for."""

    spec: ImageSet
    ids: list[str]
    classes: list[str]
    images: np.ndarray
    masks: np.ndarray
    annotated: np.ndarray
    folder: Path


def squash(image: Image.Image, side: int) -> np.ndarray:
    """RGB image of any size -> uint8 [S,S,3], aspect not kept, antialiased bilinear."""
    return np.asarray(image.convert("RGB").resize((side, side), Image.Resampling.BILINEAR))


def read_masks(folder: Path, image_id: str, spec: ImageSet) -> dict[str, Image.Image]:
    """Class name -> 8-bit mask at the image's own size; structures of one class are united."""
    found: dict[str, np.ndarray] = {}
    for structure, name in spec.structures.items():
        path = folder / (f"{image_id}.{structure}.png" if structure else f"{image_id}.png")
        if path.exists():
            mask = np.asarray(Image.open(path).convert("L"))
            found[name] = np.maximum(found[name], mask) if name in found else mask
    return {name: Image.fromarray(mask) for name, mask in found.items()}


def build(folder: Path, spec: ImageSet, cache: Path, side: int) -> None:
    """Write the cache of one set, unless it is there and newer than every file of the set."""
    ids = sorted(p.name.removesuffix(".jpg") for p in folder.glob("*.jpg"))
    out = cache / spec.name
    index = out / "index.json"
    newest = max(p.stat().st_mtime for p in folder.iterdir())
    if index.exists() and index.stat().st_mtime > newest and json.loads(index.read_text())["ids"] == ids:
        return
    out.mkdir(parents=True, exist_ok=True)
    classes = list(dict.fromkeys(spec.structures.values()))
    images = np.zeros((len(ids), side, side, 3), np.uint8)
    masks = np.zeros((len(ids), len(classes), side, side), np.uint8)
    annotated = np.full((len(ids), len(classes)), spec.absent_is_empty)
    for i, image_id in enumerate(ids):
        images[i] = squash(Image.open(folder / f"{image_id}.jpg"), side)
        for name, mask in read_masks(folder, image_id, spec).items():
            k = classes.index(name)
            masks[i, k] = np.asarray(mask.resize((side, side), Image.Resampling.BOX))
            annotated[i, k] = True
    np.save(out / "images.npy", images)
    np.save(out / "masks.npy", masks)
    np.save(out / "annotated.npy", annotated)
    index.write_text(json.dumps({"ids": ids, "classes": classes}))


def set_folders(images: Path, phantoms: list[Path]) -> list[tuple[Path, ImageSet]]:
    """The sets under `images` and the phantom folders, each with its description."""
    found = [(images / s.name, s) for s in ALL_SETS.values() if (images / s.name).is_dir()]
    if not found:
        raise SystemExit(f"--images {images}: no folder of an image set is there; known are {', '.join(ALL_SETS)}")
    return found + [(folder, phantom_set(folder)) for folder in phantoms]


def phantom_set(folder: Path) -> ImageSet:
    """By the folder's name."""
    known = {s.name: s for s in PHANTOM_SETS}
    if folder.name not in known or not folder.is_dir():
        raise SystemExit(f"--phantoms {folder}: must be a folder named {', '.join(known)}, as tools/phantom draws it")
    return known[folder.name]


def load(images: Path, phantoms: list[Path], cache: Path, side: int | None = None) -> dict[str, CachedSet]:
    """Build what is missing, then load every set. Without a side each family has the one in which it is asked."""
    sets: dict[str, CachedSet] = {}
    for folder, spec in set_folders(images, phantoms):
        own = side or SIDES.get(spec.family, SIDE)
        place = cache / str(own)
        build(folder, spec, place, own)
        index = json.loads((place / spec.name / "index.json").read_text())
        arrays = [np.load(place / spec.name / f"{n}.npy") for n in ("images", "masks", "annotated")]
        sets[spec.name] = CachedSet(spec, index["ids"], index["classes"], *arrays, folder)
    return sets
