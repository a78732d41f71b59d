"""The conventional decoder: a U-Net, one sigmoid channel a class."""

from __future__ import annotations

from torch import Tensor, nn
from torch.nn import functional as F

from encoder import Backbone, Pyramid, pooled


class UNetDecoder(nn.Module):
    """Pyramid -> coarse [N,C,16,S/4,S/4] and fine [N,C,4,S/2,S/2]: each class's S x S logits are
    the sum of both, still in 4 x 4 and 2 x 2 blocks; presence [N,C].

    Left in blocks so that training computes its loss only on annotated classes;
    `unfold` gives the picture.
    """

    def __init__(self, classes: int, backbone: Backbone) -> None:
        super().__init__()
        self.classes, channels = classes, backbone.channels
        self.up16 = Up(channels["f32"], channels["f16"], 160)
        self.up8 = Up(160, channels["f8"], 96)
        self.up4 = Up(96, channels["f4"], 96)
        self.head = nn.Conv2d(96, classes * 16, 1)
        self.to2 = nn.Conv2d(96, 128, 1)
        self.skip2 = nn.Conv2d(channels["f2"], 32, 1)
        self.conv2 = ConvNorm(32)
        self.detail = nn.Conv2d(32, classes * 4, 1)
        nn.init.zeros_(self.detail.weight)
        self.presence = nn.Sequential(nn.Linear(backbone.pooled, 128), nn.ReLU(), nn.Linear(128, classes))
        nn.init.constant_(self.presence[-1].bias, 2.0)

    def forward(self, pyramid: Pyramid) -> tuple[Tensor, Tensor, Tensor]:
        x = self.up16(pyramid["f32"], pyramid["f16"])
        x = self.up8(x, pyramid["f8"])
        x = self.up4(x, pyramid["f4"])
        coarse = self.head(x).unflatten(1, (self.classes, 16))
        y = self.conv2(F.pixel_shuffle(self.to2(x), 2) + self.skip2(pyramid["f2"]))
        fine = self.detail(y).unflatten(1, (self.classes, 4))
        there = self.presence(pooled(pyramid))
        return coarse, fine, there.float()


def unfold(coarse: Tensor, fine: Tensor, presence: Tensor) -> Tensor:
    """[M,16,S/4,S/4], [M,4,S/2,S/2], presence [M] -> logits [M,1,S,S]."""
    return F.pixel_shuffle(coarse, 4).float() + F.pixel_shuffle(fine, 2).float() - F.softplus(-presence)[:, None, None, None]


class Up(nn.Module):
    """Twice the size, joined with the skip, two 3x3 convolutions."""

    def __init__(self, below: int, skip: int, channels: int) -> None:
        super().__init__()
        self.below = nn.Conv2d(below, channels, 1, bias=False)
        self.skip = nn.Conv2d(skip, channels, 1)
        self.first, self.second = ConvNorm(channels), ConvNorm(channels)

    def forward(self, x: Tensor, skip: Tensor) -> Tensor:
        x = F.interpolate(self.below(x), scale_factor=2.0) + self.skip(skip)
        return self.second(self.first(x))


class ConvNorm(nn.Sequential):
    """3x3 convolution, BatchNorm, ReLU."""

    def __init__(self, channels: int) -> None:
        super().__init__(nn.Conv2d(channels, channels, 3, padding=1, bias=False),
                         nn.BatchNorm2d(channels), nn.ReLU())
