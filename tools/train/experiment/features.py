"""Features of the frozen encoder, computed once and kept on disk.

`<run>/features/<set>/`: features.npy [V,188416] (bf16 bits as int16; strides 4, 8, 16, 32 one after the other,
channels last), masks.npy uint8 [V,K,256,256], index.json (views of each image, which views are mirrored).
The first view of an image is the image as it is; images of the train part have augmented ones besides.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
from torch import Tensor

import augment
from pictures import side_swap
from cache import CachedSet
from encoder import CHANNELS, Encoder, Pyramid

VIEWS = 4
SHAPES = {"f4": (64, 64, CHANNELS["f4"]), "f8": (32, 32, CHANNELS["f8"]),
          "f16": (16, 16, CHANNELS["f16"]), "f32": (8, 8, CHANNELS["f32"])}
VALUES = sum(h * w * c for h, w, c in SHAPES.values())


@dataclass
class FeatureSet:
    """views[i]: rows of image i's views; features and masks are memory maps."""

    cached: CachedSet
    views: list[list[int]]
    mirrored: list[bool]
    features: np.ndarray
    masks: np.ndarray

    def pyramid(self, rows: list[int]) -> Pyramid:
        return unpack(torch.from_numpy(np.stack([self.features[r] for r in rows])))


def frozen_encoder() -> Encoder:
    """ImageNet's weights: not the starter's, which have seen every set."""
    return Encoder().eval().to(memory_format=torch.channels_last)


@torch.no_grad()
def encode(encoder: Encoder, images: Tensor) -> Tensor:
    """images [N,3,256,256] in 0..1 -> int16 [N,188416]."""
    pixels = augment.normalise(images).contiguous(memory_format=torch.channels_last)
    with torch.autocast("cpu", torch.bfloat16):
        pyramid = encoder(pixels)
    parts = [pyramid[name].permute(0, 2, 3, 1).flatten(1).to(torch.bfloat16) for name in SHAPES]
    return torch.cat(parts, 1).view(torch.int16)


def unpack(rows: Tensor) -> Pyramid:
    """int16 [N,188416] -> bf16 features by stride, channels last in memory."""
    values, at, pyramid = rows.view(torch.bfloat16), 0, {}
    for name, (h, w, c) in SHAPES.items():
        pyramid[name] = values[:, at:at + h * w * c].reshape(-1, h, w, c).permute(0, 3, 1, 2)
        at += h * w * c
    return pyramid


def load(folder: Path, cached: CachedSet, train: set[str], seed: int) -> FeatureSet:
    """Compute what is missing."""
    folder.mkdir(parents=True, exist_ok=True)
    index = folder / "index.json"
    if not index.exists():
        index.write_text(json.dumps(build(folder, cached, train, seed)))
    known = json.loads(index.read_text())
    arrays = [np.load(folder / f"{n}.npy", mmap_mode="r") for n in ("features", "masks")]
    return FeatureSet(cached, known["views"], known["mirrored"], *arrays)


def build(folder: Path, cached: CachedSet, train: set[str], seed: int) -> dict[str, list]:
    """Writes both arrays; returns the index."""
    encoder, generator = frozen_encoder(), torch.Generator().manual_seed(seed)
    counts = [VIEWS if i in train and cached.annotated[n].any() else 1 for n, i in enumerate(cached.ids)]
    total, kinds = sum(counts), len(cached.classes)
    features = np.lib.format.open_memmap(folder / "features.npy", "w+", np.int16, (total, VALUES))
    masks = np.lib.format.open_memmap(folder / "masks.npy", "w+", np.uint8, (total, kinds, 256, 256))
    views: list[list[int]] = []
    mirrored: list[bool] = []
    for n, count in enumerate(counts):
        first = len(mirrored)
        views.append(list(range(first, first + count)))
        flips = [False] + [cached.spec.mirror != "none" and k % 2 == 1 for k in range(1, count)]
        mirrored += flips
        images, shown = augmented(cached, n, flips, generator)
        features[first:first + count] = encode(encoder, images).numpy()
        masks[first:first + count] = (shown * 255).round().to(torch.uint8).numpy()
    return {"views": views, "mirrored": mirrored}


def augmented(cached: CachedSet, n: int, flips: list[bool], generator: torch.Generator) -> tuple[Tensor, Tensor]:
    """The image as it is, then changed ones: images [V,3,256,256] and masks [V,K,256,256], both 0..1."""
    image = torch.from_numpy(cached.images[n]).permute(2, 0, 1)[None].float() / 255
    mask = torch.from_numpy(cached.masks[n])[None].float() / 255
    if len(flips) == 1:
        return image, mask
    more = len(flips) - 1
    theta = augment.affine(flips[1:], generator)
    images, masks = augment.warp(image.expand(more, -1, -1, -1), mask.expand(more, -1, -1, -1), theta)
    images = augment.light(images, generator)
    if cached.spec.mirror == "sides":
        for k, flip in enumerate(flips[1:]):
            masks[k] = masks[k, side_swap(cached.classes)] if flip else masks[k]
    return torch.cat([image, images]), torch.cat([mask, masks])
