"""Draw batches of cached features, with the prompts and masks that the starters are trained with."""

from __future__ import annotations

from random import Random

import numpy as np
import torch

from batches import MOST_TARGETS, Batch, Sampler
from encoder import Pyramid
from experiment.features import FeatureSet, unpack
from experiment.plan import Training
from experiment.wordings import fixed
from pictures import Pictures, side_swap
from prompts import Case, PaperPrompts, write_prompt
from text import TextEncoder

#: One prompt in nine, or fewer, asks for what is not there.
ABSENT_SHARE = 1 / 9


class FeatureSampler(Sampler):
    """Every set is drawn equally often; within a set as for the starters."""

    def __init__(self, sets: dict[str, FeatureSet], splits: dict[str, dict[str, list[str]]], paper: PaperPrompts,
                 text: TextEncoder, seed: int, training: Training) -> None:
        cached = {name: s.cached for name, s in sets.items()}
        super().__init__(cached, splits, paper, text, seed)
        self.features, self.training, self.word_rng = list(sets.values()), training, Random(seed)
        self.weights = [1.0] * len(self.sets)
        if training.view:
            for s, (rows, shares) in enumerate(zip(self.train, self.shares)):
                kept = [(r, w) for r, w in zip(rows, shares) if training.view in self.sets[s].ids[r]]
                self.train[s], self.shares[s] = [r for r, _ in kept], [w for _, w in kept]

    def draw_features(self, images: int) -> tuple[Pyramid, Batch]:
        """The batch's pixels are left out."""
        chosen = self.rng.choices(range(len(self.sets)), self.weights, k=images)
        picks, rows, masks, annotated, mirrored = [], [], [], [], []
        for s in chosen:
            cached, i = self.sets[s], self.rng.choices(self.train[s], self.shares[s])[0]
            row = self.rng.choice(self.features[s].views[i])
            flip = self.features[s].mirrored[row]
            picks.append((cached, i))
            rows.append(self.features[s].features[row])
            masks.append(torch.from_numpy(self.features[s].masks[row].astype(np.float32) / 255))
            swap = flip and cached.spec.mirror == "sides"
            annotated.append(cached.annotated[i][side_swap(cached.classes)] if swap else cached.annotated[i])
            mirrored.append(flip)
        padded = torch.zeros(images, max(len(m) for m in masks), 256, 256)
        for n, m in enumerate(masks):
            padded[n, :len(m)] = m
        pyramid = unpack(torch.from_numpy(np.stack(rows)))
        return pyramid, self.with_prompts(Pictures(picks, torch.zeros(images, 3, 1, 1), padded, annotated, mirrored, [0] * images))

    def targets(self, looked_for: list[int]) -> list[int | None]:
        """Up to three structures; sometimes the last, or the only one, is one that the image does not show."""
        chosen: list[int | None] = list(self.rng.sample(looked_for, min(MOST_TARGETS, len(looked_for))))
        return [*chosen[:-1], None] if self.rng.random() < ABSENT_SHARE else chosen

    def words(self, case: Case) -> str:
        """Drawn apart from the images, so that every decoder sees the same ones."""
        if isinstance(self.text, Wordless):
            return ""
        wording = self.training.wording
        return write_prompt(case, self.paper, self.word_rng) if wording is None else fixed(case, wording)


class Wordless(TextEncoder):
    """In place of the text encoder where nobody reads: the same draws, no time spent."""

    def __init__(self) -> None:
        self.known: dict[str, np.ndarray] = {}

    def batch(self, prompts: list[str]) -> tuple[np.ndarray, np.ndarray]:
        return np.zeros((len(prompts), 1, 1), np.float32), np.ones((len(prompts), 1), np.int64)
