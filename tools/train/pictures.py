"""Draw images of mixed sets with the masks of all their annotated classes."""

from __future__ import annotations

from dataclasses import dataclass
from random import Random

import numpy as np
import torch
from torch import Tensor

import augment
from cache import CachedSet
from sets import CLASS_NAMES

#: Images on which nothing is to be found are few, and what a model gets wrong most.
EMPTY_WEIGHT = 3.0
#: Share of the images, at full strength, that are turned by one to three quarters of a circle where their set allows.
TURNED_SHARE = 0.5


@dataclass
class Pictures:
    """B drawn images: which (set, row), their augmented pixels [B,3,S,S] and masks [B,K,S,S],
    which of the set's classes were looked for, whether the image was mirrored, and then turned by how many
    quarters of a circle."""

    picks: list[tuple[CachedSet, int]]
    pixels: Tensor
    masks: Tensor
    annotated: list[np.ndarray]
    mirrored: list[bool]
    turns: list[int]

    def looked_for(self, n: int) -> list[int]:
        """Indices of the classes annotated in picture n."""
        return [k for k in range(len(self.picks[n][0].classes)) if self.annotated[n][k]]


@dataclass
class PictureBatch:
    """pixels [B,3,S,S] normalised, and M annotated (image, class) pairs:
    class_image, class_index [M], class_masks [M,1,S,S]."""

    pixels: Tensor
    class_image: Tensor
    class_index: Tensor
    class_masks: Tensor


class PictureSampler:
    """Sets are drawn with probability sqrt(pairs) * weight, i.e. each pair with 1 / sqrt(pairs).

    changes: how much the images are changed."""

    def __init__(self, sets: dict[str, CachedSet], splits: dict[str, dict[str, list[str]]], seed: int,
                 changes: augment.Changes = augment.Changes()) -> None:
        self.sets, self.changes = list(sets.values()), changes
        self.rng, self.generator = Random(seed), torch.Generator().manual_seed(seed)
        self.train = []
        for s in self.sets:
            rows = {image_id: i for i, image_id in enumerate(s.ids)}
            wanted = [rows[i] for i in splits[s.spec.name]["train"] if i in rows]
            self.train.append([i for i in wanted if s.annotated[i].any()])
        self.shares = [[EMPTY_WEIGHT if not s.masks[i].any() else 1.0 for i in rows]
                       for s, rows in zip(self.sets, self.train)]
        pairs = [s.annotated[rows].sum() for s, rows in zip(self.sets, self.train)]
        self.weights = [float(np.sqrt(p)) * s.spec.weight for s, p in zip(self.sets, pairs)]

    def counts(self) -> dict[str, int]:
        """Training images of each set."""
        return {s.spec.name: len(rows) for s, rows in zip(self.sets, self.train)}

    def draw(self, images: int) -> PictureBatch:
        return with_classes(self.pictures(images))

    def pictures(self, images: int) -> Pictures:
        chosen = self.rng.choices(range(len(self.sets)), self.weights, k=images)
        picks = [(self.sets[s], self.rng.choices(self.train[s], self.shares[s])[0]) for s in chosen]
        mirrored = [s.spec.mirror != "none" and self.rng.random() < 0.5 for s, _ in picks]
        turns = [self.rng.randint(1, 3) if s.spec.turns and self.rng.random() < TURNED_SHARE * self.changes.strength else 0 for s, _ in picks]
        width = max(len(s.classes) for s, _ in picks)
        side = picks[0][0].images.shape[1]
        pixels = torch.zeros(images, 3, side, side)
        masks = torch.zeros(images, width, side, side)
        for n, (s, i) in enumerate(picks):
            pixels[n] = torch.from_numpy(s.images[i]).permute(2, 0, 1).float() / 255
            masks[n, :len(s.classes)] = torch.from_numpy(s.masks[i]).float() / 255
        pixels, masks = augment.warp(pixels, masks, augment.affine(mirrored, self.generator, turns, self.changes.strength))
        lit = augment.light(pixels, self.generator, self.changes.strength)
        share = self.changes.elsewhere * self.changes.strength
        pixels = augment.normalise(augment.some_from_elsewhere(lit, self.generator, share))
        annotated = [s.annotated[i].copy() for s, i in picks]
        for n, (s, _) in enumerate(picks):
            if mirrored[n] and s.spec.mirror == "sides":
                order = side_swap(s.classes)
                masks[n, :len(order)] = masks[n, order]
                annotated[n] = annotated[n][order]
        return Pictures(picks, pixels, masks, annotated, mirrored, turns)


def with_classes(pictures: Pictures) -> PictureBatch:
    """Every annotated class of every picture."""
    pairs = [(n, k) for n in range(len(pictures.picks)) for k in pictures.looked_for(n)]
    return PictureBatch(
        pictures.pixels.contiguous(memory_format=torch.channels_last),
        torch.tensor([n for n, _ in pairs]),
        torch.tensor([CLASS_NAMES.index(pictures.picks[n][0].classes[k]) for n, k in pairs]),
        torch.stack([pictures.masks[n, k] for n, k in pairs])[:, None])


def side_swap(classes: list[str]) -> list[int]:
    """Index order that exchanges "left x" and "right x" where both are there."""
    def other(name: str) -> str:
        side, _, rest = name.partition(" ")
        return {"left": f"right {rest}", "right": f"left {rest}"}.get(side, name)
    return [classes.index(other(name)) if other(name) in classes else k for k, name in enumerate(classes)]
