"""Random geometry and light for a batch of images with their masks, all of it by a strength: 1 changes most."""

from __future__ import annotations

import math
from dataclasses import dataclass

import torch
from torch import Tensor
from torch.nn import functional as F


@dataclass(frozen=True)
class Changes:
    """strength: of all random changes, 0 to 1. elsewhere: share of the images, at full strength, that are drawn as from
    another place."""

    strength: float = 1.0
    elsewhere: float = 1 / 3


def affine(mirrored: list[bool], generator: torch.Generator, turns: list[int] | None = None, strength: float = 1.0) -> Tensor:
    """Rotation to 20 degrees beyond `turns` quarters of a circle, scale 0.75 to 1.3, shift to 10 %, after mirroring.
    -> theta [N,2,3]."""
    n = len(mirrored)
    draw = torch.rand(n, 5, generator=generator) * 2 - 1
    draw[:, [0, 2, 3, 4]] *= strength
    angle = draw[:, 0] * math.radians(20) * draw[:, 1].abs() + torch.tensor(turns or [0] * n) * (math.pi / 2)
    zoom = torch.exp(torch.where(draw[:, 2] > 0, draw[:, 2] * math.log(1.3), draw[:, 2] * math.log(1 / 0.75)))
    flip = torch.tensor([-1.0 if m else 1.0 for m in mirrored])
    cos, sin = torch.cos(angle) / zoom, torch.sin(angle) / zoom
    theta = torch.zeros(n, 2, 3)
    theta[:, 0, 0], theta[:, 0, 1], theta[:, 0, 2] = flip * cos, -flip * sin, draw[:, 3] * 0.2
    theta[:, 1, 0], theta[:, 1, 1], theta[:, 1, 2] = sin, cos, draw[:, 4] * 0.2
    return theta


def warp(images: Tensor, masks: Tensor, theta: Tensor) -> tuple[Tensor, Tensor]:
    """images [N,3,H,W] and masks [N,K,H,W], float, moved together; outside is black and empty."""
    both = torch.cat([images, masks], 1)
    grid = F.affine_grid(theta, list(both.shape), align_corners=False)
    moved = F.grid_sample(both, grid, mode="bilinear", padding_mode="zeros", align_corners=False)
    return moved[:, :3], moved[:, 3:]


def light(images: Tensor, generator: torch.Generator, strength: float = 1.0) -> Tensor:
    """images [N,3,H,W] in 0..1: gamma, contrast, brightness, colour of each channel, some noise."""
    n = images.shape[0]
    draw = torch.rand(n, 7, 1, 1, generator=generator) * 2 - 1
    draw[:, :6] *= strength
    x = images.clamp(0, 1).pow(torch.exp(draw[:, 0:1] * 0.35))
    x = (x - 0.5) * (1 + 0.25 * draw[:, 1:2]) + 0.5 + 0.1 * draw[:, 2:3]
    x = x * (1 + 0.08 * draw[:, 3:6] * coloured(x))
    noisy = (draw[:, 6:7] > 0.6).float() * 0.03
    return (x + noisy * torch.randn(x.shape, generator=generator)).clamp(0, 1)


def some_from_elsewhere(images: Tensor, generator: torch.Generator, share: float) -> Tensor:
    """images [N,3,H,W] in 0..1, a share of them as another camera, detector or export might have made them."""
    chosen = torch.nonzero(torch.rand(len(images), generator=generator) < share).flatten().tolist()
    return torch.cat([(changed(x, generator) if i in chosen else x).clamp(0, 1) for i, x in enumerate(images.split(1))])


def changed(x: Tensor, generator: torch.Generator) -> Tensor:
    """x [1,3,H,W] in 0..1, by one strong change: gamma, contrast, colour (of a grey image: inverted), noise, blur,
    coarse pixels."""
    kind = int(torch.randint(6, (1,), generator=generator))
    a, b = torch.rand(2, generator=generator).tolist()
    if kind == 0:
        return x.pow(math.exp(2 * a - 1))
    if kind == 1:
        return (x - b) * (0.2 + 0.5 * a) + b
    if kind == 2:
        if not coloured(x):
            return 1 - x
        return x.lerp(x[:, [1, 2, 0]], 0.5 * a) + 0.4 * torch.rand(1, 3, 1, 1, generator=generator) - 0.2
    if kind == 3:
        return x + (0.04 + 0.1 * a) * torch.randn(x.shape, generator=generator)
    width = 3 + 2 * int(4 * a)
    if kind == 4:
        return F.avg_pool2d(x, width, 1, width // 2, count_include_pad=False)
    return F.interpolate(F.avg_pool2d(x, width, ceil_mode=True), x.shape[2:])


def coloured(x: Tensor) -> Tensor:
    """[N,1,1,1]: 1 where the channels of an image differ."""
    spread = x.amax(1, keepdim=True) - x.amin(1, keepdim=True)
    return (spread.amax((2, 3), keepdim=True) > 0.05).float()


def normalise(images: Tensor) -> Tensor:
    """0..1 -> (v - 127) / 128 of 8-bit values."""
    return (images * 255 - 127) / 128
