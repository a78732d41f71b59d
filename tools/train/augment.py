"""Random geometry and light for a batch of images with their masks."""

from __future__ import annotations

import math

import torch
from torch import Tensor
from torch.nn import functional as F


def affine(mirrored: list[bool], generator: torch.Generator) -> Tensor:
    """Rotation to 20 degrees, scale 0.75 to 1.3, shift to 10 %, after mirroring. -> theta [N,2,3]."""
    n = len(mirrored)
    draw = torch.rand(n, 5, generator=generator) * 2 - 1
    angle = draw[:, 0] * math.radians(20) * draw[:, 1].abs()
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


def light(images: Tensor, generator: torch.Generator) -> Tensor:
    """images [N,3,H,W] in 0..1: gamma, contrast, brightness, colour of each channel, some noise."""
    n = images.shape[0]
    draw = torch.rand(n, 7, 1, 1, generator=generator) * 2 - 1
    x = images.clamp(0, 1).pow(torch.exp(draw[:, 0:1] * 0.35))
    x = (x - 0.5) * (1 + 0.25 * draw[:, 1:2]) + 0.5 + 0.1 * draw[:, 2:3]
    spread = x.amax(1, keepdim=True) - x.amin(1, keepdim=True)
    colour = (spread.amax((2, 3), keepdim=True) > 0.05).float()
    x = x * (1 + 0.08 * draw[:, 3:6] * colour)
    noisy = (draw[:, 6:7] > 0.6).float() * 0.03
    return (x + noisy * torch.randn(x.shape, generator=generator)).clamp(0, 1)


def normalise(images: Tensor) -> Tensor:
    """0..1 -> (v - 127) / 128 of 8-bit values."""
    return (images * 255 - 127) / 128
