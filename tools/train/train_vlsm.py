"""Train the model that reads prompts for a fixed time.

    python tools/train/train_vlsm.py --minutes 75 [--resume] [--phantoms DIR ...]
"""

from __future__ import annotations

from pathlib import Path

import numpy as np
import torch
from torch import Tensor

import loop
from augment import Changes
from batches import Batch, Sampler
from cache import CachedSet
from losses import mask_loss
from model import Vlsm, pyramid_at
from prompts import read_paper_prompts
from text import TextEncoder, whitening

CHECKPOINT = "vlsm.pt"


def main() -> None:
    loop.begin(__doc__, CHECKPOINT, lambda args: VlsmTraining(*loop.data(args), args.prompts, args.seed, loop.changes(args)))


class VlsmTraining:
    def __init__(self, sets: dict[str, CachedSet], splits: dict[str, dict[str, list[str]]], prompts: Path,
                 seed: int, changes: Changes = Changes()) -> None:
        self.sets, self.splits, self.changes = sets, splits, changes
        self.paper, self.text = read_paper_prompts(prompts), TextEncoder()
        self.model = Vlsm(*prompt_statistics(self.sampler(seed))).to(memory_format=torch.channels_last)

    def sampler(self, seed: int) -> Sampler:
        return Sampler(self.sets, self.splits, self.paper, self.text, seed, self.changes)

    def loss(self, batch: Batch) -> Tensor:
        """bf16 where it pays."""
        pyramid = self.model.encoder(batch.pixels)
        with torch.autocast("cpu", torch.bfloat16):
            logits, there = self.model.vlsm(pyramid_at(pyramid, batch.prompt_image), batch.tokens, batch.attention_mask)
        return mask_loss(logits, there, batch.prompt_masks)


def prompt_statistics(sampler: Sampler) -> tuple[Tensor, Tensor]:
    """Mean and whitening of the tokens of 60 batches of real prompts."""
    for _ in range(60):
        sampler.draw(10)
    tokens = np.concatenate(list(sampler.text.known.values())).astype(np.float32)
    mean, matrix = whitening(tokens)
    return torch.from_numpy(mean), torch.from_numpy(matrix)


if __name__ == "__main__":
    main()
