"""The graphs of both models, as modules with plain tensors in and out."""

from __future__ import annotations

from torch import Tensor, nn

from encoder import pooled
from model import Conventional, Vlsm
from unet import unfold

PYRAMID = ("f2", "f4", "f8", "f16", "f32")


class ImageGraph(nn.Module):
    """pixel_values [N,3,S,S] -> f2, f4, f8, f16, f32, pooled [N,432] (of the conventional model [N,472])."""

    def __init__(self, model: Vlsm | Conventional) -> None:
        super().__init__()
        self.encoder = model.encoder

    def forward(self, pixel_values: Tensor) -> tuple[Tensor, ...]:
        pyramid = self.encoder(pixel_values)
        return *(pyramid[name] for name in PYRAMID), pooled(pyramid)


class DecoderGraph(nn.Module):
    """f2, f4, f8, f16, f32, tokens [N,T,384], attention_mask int64 [N,T] -> logits [N,1,S,S]."""

    def __init__(self, model: Vlsm) -> None:
        super().__init__()
        self.vlsm = model.vlsm

    def forward(self, f2: Tensor, f4: Tensor, f8: Tensor, f16: Tensor, f32: Tensor,
                tokens: Tensor, attention_mask: Tensor) -> Tensor:
        return self.vlsm(dict(zip(PYRAMID, (f2, f4, f8, f16, f32))), tokens, attention_mask)[0]


class ConventionalDecoderGraph(nn.Module):
    """f2, f4, f8, f16, f32 -> logits [N,C,S,S]."""

    def __init__(self, model: Conventional) -> None:
        super().__init__()
        self.unet = model.unet

    def forward(self, f2: Tensor, f4: Tensor, f8: Tensor, f16: Tensor, f32: Tensor) -> Tensor:
        coarse, fine, presence = self.unet(dict(zip(PYRAMID, (f2, f4, f8, f16, f32))))
        logits = unfold(coarse.flatten(0, 1), fine.flatten(0, 1), presence.flatten())
        return logits[:, 0].unflatten(0, (-1, self.unet.classes))
