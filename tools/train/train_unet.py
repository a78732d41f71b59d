"""Train the conventional model: an encoder of its own, and one channel for each class.

    python tools/train/train_unet.py --minutes 90 [--resume] [--phantoms DIR ...]
"""

from __future__ import annotations

import torch
from torch import Tensor

import loop
from cache import CachedSet
from losses import mask_loss
from model import Conventional
from pictures import PictureBatch, PictureSampler
from unet import unfold

CHECKPOINT = "unet.pt"
#: From this share of the time on, the encoder's early blocks learn too: without them a step takes two thirds as long.
EARLY_AFTER = 0.5


def main() -> None:
    loop.begin(__doc__, CHECKPOINT, lambda args: ConventionalTraining(*loop.data(args)))


class ConventionalTraining:
    def __init__(self, sets: dict[str, CachedSet], splits: dict[str, dict[str, list[str]]]) -> None:
        self.sets, self.splits = sets, splits
        self.model = Conventional().to(memory_format=torch.channels_last)

    def sampler(self, seed: int) -> PictureSampler:
        return PictureSampler(self.sets, self.splits, seed)

    def losses(self, batch: PictureBatch, elapsed: float) -> dict[str, Tensor]:
        """bf16 where it pays."""
        self.model.encoder.learn_early(elapsed > EARLY_AFTER)
        pyramid = self.model.encoder(batch.pixels)
        with torch.autocast("cpu", torch.bfloat16):
            coarse, fine, presence = self.model.unet(pyramid)
        at = (batch.class_image, batch.class_index)
        return {"unet": mask_loss(unfold(coarse[at], fine[at], presence[at]), presence[at], batch.class_masks)}


if __name__ == "__main__":
    main()
