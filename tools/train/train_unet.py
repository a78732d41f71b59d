"""Train the conventional model for a fixed time.

    python tools/train/train_unet.py --minutes 75 [--resume] [--phantoms DIR ...]
"""

from __future__ import annotations

import torch
from torch import Tensor

import loop
from augment import Changes
from cache import CachedSet
from losses import mask_loss
from model import Conventional
from pictures import PictureBatch, PictureSampler
from unet import unfold

CHECKPOINT = "unet.pt"


def main() -> None:
    loop.begin(__doc__, CHECKPOINT, lambda args: ConventionalTraining(*loop.data(args), loop.changes(args)))


class ConventionalTraining:
    def __init__(self, sets: dict[str, CachedSet], splits: dict[str, dict[str, list[str]]],
                 changes: Changes = Changes()) -> None:
        self.sets, self.splits, self.changes = sets, splits, changes
        self.model = Conventional().to(memory_format=torch.channels_last)

    def sampler(self, seed: int) -> PictureSampler:
        return PictureSampler(self.sets, self.splits, seed, self.changes)

    def loss(self, batch: PictureBatch) -> Tensor:
        """bf16 where it pays."""
        pyramid = self.model.encoder(batch.pixels)
        with torch.autocast("cpu", torch.bfloat16):
            answers = self.model.unet(pyramid)
        return class_loss(answers, batch)


def class_loss(answers: tuple[Tensor, Tensor, Tensor], batch: PictureBatch) -> Tensor:
    """Of the classes that are annotated; answers as UNetDecoder gives them."""
    coarse, fine, presence = answers
    at = (batch.class_image, batch.class_index)
    return mask_loss(unfold(coarse[at], fine[at], presence[at]), presence[at], batch.class_masks)


if __name__ == "__main__":
    main()
