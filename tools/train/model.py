"""The two models that ship. Each has an encoder of its own, trained apart from the other's, so that they err in
different places: what agrees can be trusted, and the mean of both is better than either."""

from __future__ import annotations

import copy

import torch
from torch import Tensor, nn

from encoder import LITE2, Encoder, Pyramid
from sets import CLASS_NAMES
from unet import UNetDecoder
from vlsm import VlsmDecoder


class Vlsm(nn.Module):
    """Segments what a prompt names."""

    def __init__(self, token_mean: Tensor | None = None, whitening: Tensor | None = None) -> None:
        super().__init__()
        self.encoder = Encoder()
        self.vlsm = VlsmDecoder(token_mean, whitening)


class Conventional(nn.Module):
    """One channel for each class."""

    def __init__(self) -> None:
        super().__init__()
        self.encoder = Encoder(LITE2)
        self.unet = UNetDecoder(len(CLASS_NAMES), LITE2)


def pyramid_at(pyramid: Pyramid, images: Tensor) -> Pyramid:
    """The features of images[p] for each prompt p."""
    return {name: f[images] for name, f in pyramid.items()}


class MovingAverage:
    """Exponential moving average of all floating-point weights and statistics."""

    def __init__(self, model: nn.Module, decay: float) -> None:
        self.model, self.decay = copy.deepcopy(model).eval(), decay

    @torch.no_grad()
    def update(self, model: nn.Module, step: int) -> None:
        decay = min(self.decay, (1 + step) / (10 + step))
        for mine, theirs in zip(self.model.state_dict().values(), model.state_dict().values()):
            if mine.dtype.is_floating_point:
                mine.lerp_(theirs, 1 - decay)
            else:
                mine.copy_(theirs)
