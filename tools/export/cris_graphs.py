"""CRIS cut into graphs, at 416 pixels as published; logits at a quarter of that, as its decoder ends."""

from __future__ import annotations

from pathlib import Path

import torch
from torch import Tensor, nn

from cris import Cris, CrisSize
from exportable import CLIP_MEAN, CLIP_STD, Exportable, Graph, Pixels, Words, whole_of
from weights import example, load, prompts, randomise

MAPS = ("stride8", "stride16", "stride32")


class Text(nn.Module):
    """input_ids int64 [N,T] -> last_hidden_state [N,T,D], text_embeds [N,E]."""

    def __init__(self, model: Cris) -> None:
        super().__init__()
        self.backbone = model.backbone

    def forward(self, input_ids: Tensor) -> tuple[Tensor, Tensor]:
        return self.backbone.words(input_ids)


class Image(nn.Module):
    """pixel_values [N,3,S,S] -> stride8, stride16, stride32, pooled [N,E]."""

    def __init__(self, model: Cris) -> None:
        super().__init__()
        self.visual = model.backbone.visual

    def forward(self, pixel_values: Tensor) -> tuple[Tensor, ...]:
        maps = self.visual(pixel_values)
        return *maps, maps[-1].mean((2, 3))


class PromptedDecoder(nn.Module):
    """The maps, tokens [N,T,D], attention_mask int64 [N,T], text_embeds [N,E] -> logits [N,1,S/4,S/4]."""

    def __init__(self, model: Cris) -> None:
        super().__init__()
        self.neck, self.decoder, self.proj = model.neck, model.decoder, model.proj

    def forward(self, stride8: Tensor, stride16: Tensor, stride32: Tensor, tokens: Tensor, attention_mask: Tensor,
                text_embeds: Tensor) -> Tensor:
        fused = self.neck((stride8, stride16, stride32), text_embeds)
        return self.proj.any_batch(self.decoder(fused, tokens, attention_mask), text_embeds)


def build(checkpoint: Path | None, words: Words, size: CrisSize | None = None) -> Exportable:
    model = Cris(size or CrisSize()).eval()
    if checkpoint is not None:
        load(model, checkpoint)
    model.fix_side()
    if checkpoint is None:
        last = model.backbone.token_embedding.num_embeddings - 1
        ids = prompts(last - 1, last, last - 1)
        randomise(model, lambda: model(example(model.side), ids, torch.ones_like(ids)), model.proj.txt)
    split = {
        "text": Graph(Text(model).eval(), ("input_ids",), ("last_hidden_state", "text_embeds")),
        "image": Graph(Image(model).eval(), ("pixel_values",), (*MAPS, "pooled")),
        "decoder": Graph(PromptedDecoder(model).eval(), (*MAPS, "tokens", "attention_mask", "text_embeds"), ("logits",)),
    }
    return Exportable(
        "cris", "CRIS: CLIP RN50, feature pyramid gated by the prompt, transformer decoder over the prompt's tokens, and a "
        "convolution whose kernel is made from the prompt", model, whole_of(**split), split,
        Pixels(model.side, CLIP_MEAN, CLIP_STD), words, network=model)
