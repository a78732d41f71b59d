"""The starter's prompt decoder with a narrow last stage at stride 4 and none at stride 2."""

from __future__ import annotations

from torch import Tensor, nn
from torch.nn import functional as F

from encoder import CHANNELS, Pyramid
from vlsm import FilmConv, VlsmDecoder

#: Channels at stride 4; the conventional decoders have as many.
NARROW = 24


class NarrowVlsm(VlsmDecoder):
    """Pyramid of strides 4 to 32, tokens [N,T,384], attention_mask [N,T] -> logits [N,1,256,256], presence [N]."""

    def __init__(self, mean: Tensor, whitening: Tensor) -> None:
        super().__init__(mean, whitening)
        del self.conv4b, self.to2, self.skip2, self.conv2, self.detail
        self.to4, self.skip4 = nn.Conv2d(96, NARROW, 1), nn.Conv2d(CHANNELS["f4"], NARROW, 1)
        self.conv4a = FilmConv(NARROW, NARROW)
        self.head = nn.Conv2d(NARROW, 16, 3, padding=1)

    def forward(self, pyramid: Pyramid, tokens: Tensor, attention_mask: Tensor) -> tuple[Tensor, Tensor]:
        x, text, there = self.at_stride_8(pyramid, tokens, attention_mask)
        x = self.conv4a(F.interpolate(self.to4(x), scale_factor=2.0) + self.skip4(pyramid["f4"]), text)
        logits = F.pixel_shuffle(self.head(x), 4).float()
        return logits - F.softplus(-there.float())[:, None, None, None], there.float()
