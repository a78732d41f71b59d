"""CLIPSeg's decoder in two halves: what depends on the image alone, and what a prompt changes."""

from __future__ import annotations

import math

from torch import Tensor, nn
from transformers.models.clipseg.modeling_clipseg import CLIPSegDecoder

REDUCED = ("reduced0", "reduced1", "reduced2")


class ReducedFeatures(nn.Module):
    """Activations of three blocks, [N,1+P,width] each, shallowest first -> the decoder's projections, deepest first.

    They are a twelfth as wide: a cached image costs little, and a prompt starts behind the projections.
    """

    def __init__(self, decoder: CLIPSegDecoder) -> None:
        super().__init__()
        self.reduces = decoder.reduces

    def forward(self, activations: list[Tensor]) -> list[Tensor]:
        return [reduce(activation) for reduce, activation in zip(self.reduces, activations[::-1])]


class PromptedDecoder(nn.Module):
    """reduced0..2 [N,1+P,R], text_embeds [N,E] -> logits [N,1,S,S]."""

    def __init__(self, decoder: CLIPSegDecoder) -> None:
        super().__init__()
        self.decoder = decoder

    def forward(self, reduced0: Tensor, reduced1: Tensor, reduced2: Tensor, text_embeds: Tensor) -> Tensor:
        decoder, x = self.decoder, None
        for depth, (reduced, layer) in enumerate(zip((reduced0, reduced1, reduced2), decoder.layers)):
            x = reduced if x is None else reduced + x
            if depth == decoder.conditional_layer:
                x = decoder.film_mul(text_embeds)[:, None] * x + decoder.film_add(text_embeds)[:, None]
            x = layer(x, attention_mask=None)
        x = x[:, 1:].transpose(1, 2)
        side = math.isqrt(int(x.shape[2]))
        return decoder.transposed_convolution(x.unflatten(2, (side, side)))


def last_layer(decoder: CLIPSegDecoder) -> nn.Module:
    up = decoder.transposed_convolution
    return up[-1] if isinstance(up, nn.Sequential) else up
