"""Train the conventional model's decoder further for one family of images; the encoder stays as it is, shared by all.

    python tools/train/train_family.py --family foot-ulcer --minutes 32 --peak 0.3 --elsewhere 0.15 --batch 8

It goes on from `unet.pt` in the run's folder, or from --init. A batch of one family has the statistics that its norms have in use: in batches of all families they are those of a mixture.
"""

from __future__ import annotations

import argparse
from pathlib import Path

import torch
from torch import Tensor

import loop
import train_unet
from augment import Changes
from cache import CachedSet
from pictures import PictureBatch
from sets import MODALITIES
from train_unet import ConventionalTraining, class_loss


def main() -> None:
    parser = loop.parser_of(__doc__)
    parser.add_argument("--family", choices=sorted(MODALITIES), required=True)
    args = parser.parse_args()
    args.init = args.init or args.run / train_unet.CHECKPOINT
    loop.run(args, lambda one: FamilyTraining(*loop.data(one), one.family, loop.changes(one)), checkpoint_of(args.family))


def checkpoint_of(family: str) -> str:
    return f"unet-{family}.pt"


def checkpoints(run: Path) -> dict[str, Path]:
    """Family -> checkpoint of its own decoder, of those that the run has."""
    return {family: run / checkpoint_of(family) for family in sorted(MODALITIES) if (run / checkpoint_of(family)).exists()}


class FamilyTraining(ConventionalTraining):
    """Only the decoder learns, and only from the family's sets."""

    def __init__(self, sets: dict[str, CachedSet], splits: dict[str, dict[str, list[str]]], family: str,
                 changes: Changes = Changes()) -> None:
        super().__init__({name: one for name, one in sets.items() if one.spec.family == family}, splits, changes)

    def loss(self, batch: PictureBatch) -> Tensor:
        with torch.no_grad():
            pyramid = self.model.encoder.eval()(batch.pixels)
        return class_loss(self.model.unet(pyramid), batch)


if __name__ == "__main__":
    main()
