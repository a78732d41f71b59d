"""What each architecture gives to be exported: its network, the graphs cut from it, and what the product must know."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

import torch
from torch import Tensor, nn

CLIP_MEAN, CLIP_STD = (0.48145466, 0.4578275, 0.40821073), (0.26862954, 0.26130258, 0.27577711)
IMAGENET_MEAN, IMAGENET_STD = (0.485, 0.456, 0.406), (0.229, 0.224, 0.225)
#: Inputs whose second axis is the prompt's length.
WORDS = ("input_ids", "attention_mask", "tokens", "last_hidden_state")


@dataclass(frozen=True)
class Graph:
    """A module with plain tensors in and out, in the order of the names."""

    module: nn.Module
    inputs: tuple[str, ...]
    outputs: tuple[str, ...]

    def run(self, values: dict[str, Tensor]) -> dict[str, Tensor]:
        got = self.module(*(values[name] for name in self.inputs))
        return dict(zip(self.outputs, got if isinstance(got, tuple) else (got,)))


@dataclass(frozen=True)
class Pixels:
    """Mean and deviation of 0..1 values, as published; the manifest has them for 0..255."""

    side: int
    mean: tuple[float, float, float]
    std: tuple[float, float, float]


@dataclass(frozen=True)
class Words:
    """`padded`: length that the published code pads every prompt to, with `pad`."""

    tokenizer: bytes
    max_tokens: int
    padded: int
    pad: int


@dataclass(frozen=True)
class Exportable:
    architecture: str
    describes: str
    #: pixel_values, input_ids, attention_mask (padded as published) -> logits [N,C,h,w], by the published way of running.
    published: Callable[..., Tensor]
    whole: Graph
    split: dict[str, Graph] | None
    pixels: Pixels
    words: Words | None
    notes: tuple[str, ...] = ()
    network: nn.Module = field(default_factory=nn.Module)



class WholeOfParts(nn.Module):
    """Words and pixels in the order of `inputs` -> logits, pooled, through the three parts."""

    def __init__(self, inputs: tuple[str, ...], text: Graph, image: Graph, decoder: Graph) -> None:
        super().__init__()
        self.inputs, self.parts = inputs, (text, image, decoder)
        self.modules_of_parts = nn.ModuleList(part.module for part in self.parts)

    def forward(self, *tensors: Tensor) -> tuple[Tensor, Tensor]:
        text, image, decoder = self.parts
        values = dict(zip(self.inputs, tensors))
        maps, words = image.run(values), text.run(values)
        if "last_hidden_state" in words:
            words["tokens"] = words["last_hidden_state"]
        return decoder.run(values | maps | words)["logits"], maps["pooled"]


def whole_of(text: Graph, image: Graph, decoder: Graph) -> Graph:
    """A mask is an input only where a part reads one: the exporter drops inputs that change nothing."""
    masked = ("attention_mask",) if "attention_mask" in text.inputs + decoder.inputs else ()
    inputs = ("input_ids", *masked, "pixel_values")
    return Graph(WholeOfParts(inputs, text, image, decoder).eval(), inputs, ("logits", "pooled"))


def normalised(rgb: Tensor, pixels: Pixels) -> Tensor:
    """uint8 [N,S,S,3] -> float32 [N,3,S,S]."""
    mean, std = (torch.tensor(v, dtype=torch.float64) * 255 for v in (pixels.mean, pixels.std))
    return ((rgb.to(torch.float64) - mean) / std).permute(0, 3, 1, 2).to(torch.float32).contiguous()
