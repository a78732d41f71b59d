"""The pooled decoders on corrupted images; the corruptions are those of `corruptions.py`."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor

from bundle import dice
from corruptions import CHANGES
from experiment.features import FeatureSet, encode, frozen_encoder, unpack
from experiment.judge import Oracle

#: Images a set.
LIMIT = 3


@dataclass
class Corrupted:
    """One changed image: its features int16 [1,188416], and the structures that it shows with their true masks."""

    change: str
    features: Tensor
    truths: dict[str, np.ndarray]


def corrupt(sets: dict[str, FeatureSet], splits: dict[str, dict[str, list[str]]]) -> list[Corrupted]:
    """The first images of each set's test part, each under every change."""
    encoder, found = frozen_encoder(), []
    for name, features in sets.items():
        for image_id in splits[name]["test"][:LIMIT]:
            cached, i = features.cached, features.cached.ids.index(image_id)
            shown = [k for k in range(len(cached.classes)) if cached.annotated[i, k] and cached.masks[i, k].any()]
            for change, apply in CHANGES.items():
                pairs = {k: apply(cached.images[i], cached.masks[i, k], np.random.default_rng(i)) for k in shown}
                if pairs:
                    image = torch.from_numpy(pairs[shown[0]][0].copy()).permute(2, 0, 1)[None].float() / 255
                    truths = {cached.classes[k]: pair[1] > 127 for k, pair in pairs.items()}
                    found.append(Corrupted(change, encode(encoder, image), truths))
    return found


def judge_corrupted(oracle: Oracle, images: list[Corrupted]) -> dict[str, list[float]]:
    """Change -> Dice at 256 x 256 of each structure, class name as prompt."""
    found: dict[str, list[float]] = {change: [] for change in CHANGES}
    for image in images:
        answers = oracle.ask(unpack(image.features), list(image.truths))
        found[image.change] += [round(dice(a > 0.5, t), 4) for a, t in zip(answers, image.truths.values())]
    return found
