"""Three conventional decoders of about the same size: U-Net, U-Net++ and DeepLabv3+.

Each: Pyramid of strides 4 to 32 -> coarse [N,C,16,64,64] (each class's 256 x 256 logits in 4 x 4 blocks) and
presence [N,C], as the starter's U-Net without its stride-2 detail. Narrow at stride 4: most of the time goes there.
"""

from __future__ import annotations

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from encoder import CHANNELS, POOLED, Pyramid, pooled
from experiment.prompted import NARROW
from unet import ConvNorm, Up


class Head(nn.Module):
    """Blocks of logits for each class, and whether the class is there."""

    def __init__(self, channels: int, classes: int) -> None:
        super().__init__()
        self.classes = classes
        self.mask = nn.Conv2d(channels, classes * 16, 1)
        self.presence = nn.Sequential(nn.Linear(POOLED, 128), nn.ReLU(), nn.Linear(128, classes))
        nn.init.constant_(self.presence[-1].bias, 2.0)

    def forward(self, x: Tensor, pyramid: Pyramid) -> tuple[Tensor, Tensor]:
        return self.mask(x).reshape(-1, self.classes, 16, 64, 64), self.presence(pooled(pyramid)).float()


class UNet(nn.Module):
    def __init__(self, classes: int) -> None:
        super().__init__()
        self.up16 = Up(CHANNELS["f32"], CHANNELS["f16"], 160)
        self.up8 = Up(160, CHANNELS["f8"], 72)
        self.up4 = Up(72, CHANNELS["f4"], NARROW)
        self.head = Head(NARROW, classes)

    def forward(self, pyramid: Pyramid) -> tuple[Tensor, Tensor]:
        x = self.up16(pyramid["f32"], pyramid["f16"])
        x = self.up8(x, pyramid["f8"])
        return self.head(self.up4(x, pyramid["f4"]), pyramid)


class UNetPlusPlus(nn.Module):
    """Every level sees all earlier nodes of its level and the node below (Zhou et al., DLMIA 2018)."""

    WIDTHS = (NARROW, 56, 160)
    LEVELS = ("f4", "f8", "f16", "f32")

    def __init__(self, classes: int) -> None:
        super().__init__()
        self.nodes = nn.ModuleDict()
        for j in range(1, 4):
            for i in range(4 - j):
                below = CHANNELS[self.LEVELS[i + 1]] if j == 1 else self.WIDTHS[i + 1]
                beside = CHANNELS[self.LEVELS[i]] + (j - 1) * self.WIDTHS[i]
                self.nodes[f"{i}{j}"] = Nested(below, beside, self.WIDTHS[i], 1 + (i > 0))
        self.head = Head(self.WIDTHS[0], classes)

    def forward(self, pyramid: Pyramid) -> tuple[Tensor, Tensor]:
        rows = [[pyramid[name]] for name in self.LEVELS]
        for j in range(1, 4):
            for i in range(4 - j):
                rows[i].append(self.nodes[f"{i}{j}"](rows[i + 1][j - 1], rows[i]))
        return self.head(rows[0][-1], pyramid)


class Nested(nn.Module):
    """A node of U-Net++: 1 x 1 convolutions join, 3 x 3 follow."""

    def __init__(self, below: int, beside: int, channels: int, depth: int) -> None:
        super().__init__()
        self.below = nn.Conv2d(below, channels, 1, bias=False)
        self.beside = nn.Conv2d(beside, channels, 1)
        self.convolutions = nn.Sequential(*(ConvNorm(channels) for _ in range(depth)))

    def forward(self, below: Tensor, beside: list[Tensor]) -> Tensor:
        return self.convolutions(F.interpolate(self.below(below), scale_factor=2.0) + self.beside(torch.cat(beside, 1)))


class DeepLabV3Plus(nn.Module):
    """Dilated convolutions at stride 16, joined with stride 4 (Chen et al., ECCV 2018). Rates as fit 16 x 16 cells."""

    WIDTH, RATES = 128, (2, 4, 6)

    def __init__(self, classes: int) -> None:
        super().__init__()
        width = self.WIDTH
        self.f16_in, self.f32_in = nn.Conv2d(CHANNELS["f16"], width, 1), nn.Conv2d(CHANNELS["f32"], width, 1)
        self.point = nn.Conv2d(width, width, 1)
        self.dilated = nn.ModuleList([nn.Conv2d(width, width, 3, padding=r, dilation=r) for r in self.RATES])
        self.whole = nn.Conv2d(width, width, 1)
        self.join = nn.Conv2d(5 * width, width, 1, bias=False)
        self.norm = nn.BatchNorm2d(width)
        self.to4, self.low = nn.Conv2d(width, NARROW, 1, bias=False), nn.Conv2d(CHANNELS["f4"], NARROW, 1)
        self.first, self.second = ConvNorm(NARROW), ConvNorm(NARROW)
        self.head = Head(NARROW, classes)

    def forward(self, pyramid: Pyramid) -> tuple[Tensor, Tensor]:
        x = self.f16_in(pyramid["f16"]) + F.interpolate(self.f32_in(pyramid["f32"]), scale_factor=2.0)
        whole = self.whole(x.mean((2, 3), keepdim=True)).expand_as(x)
        parts = [self.point(x), *(d(x) for d in self.dilated), whole]
        x = F.relu(self.norm(self.join(F.relu(torch.cat(parts, 1)))))
        x = F.interpolate(self.to4(x), scale_factor=4.0, mode="bilinear") + self.low(pyramid["f4"])
        return self.head(self.second(self.first(x)), pyramid)
