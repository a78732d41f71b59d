"""The six architectures by name, at their true sizes."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import torch

import conventional
from exportable import Exportable, Words
from tokenizers_of import bert_tokenizer, bert_vocabulary, clip_merges, clip_tokenizer
from weights import SEED

VLSMS = ("clipseg", "cris", "biomedclipseg")
ARCHITECTURES = (*VLSMS, *conventional.NETWORKS)
#: Length of the position tables.
CLIP_TOKENS, BERT_TOKENS = 77, 256
#: Length that CRIS pads to in its published configuration.
CRIS_PADDED = 17
CLIP_END, BERT_PAD, CRIS_PAD = 49407, 0, 0


@dataclass(frozen=True)
class Choices:
    """`max_tokens`: for a model fine-tuned on shorter prompts than its position table holds."""

    tokenizer: Path | None = None
    max_tokens: int | None = None
    classes: int = 3
    encoder: str = conventional.ENCODER
    side: int | None = None


def build(architecture: str, checkpoint: Path | None, choices: Choices = Choices()) -> Exportable:
    """`checkpoint` None: random weights, the same each time."""
    torch.manual_seed(SEED)
    if architecture in conventional.NETWORKS:
        return conventional.build(architecture, checkpoint, choices.classes, choices.encoder,
                                  choices.side or conventional.SIDE)
    given = choices.tokenizer.read_bytes() if choices.tokenizer else None
    if architecture == "biomedclipseg":
        import biomedclipseg
        words = Words(given or bert_tokenizer(bert_vocabulary()), choices.max_tokens or BERT_TOKENS, BERT_TOKENS, BERT_PAD)
        return biomedclipseg.build(checkpoint, words)
    clip = given or clip_tokenizer(clip_merges())
    most = choices.max_tokens or CLIP_TOKENS
    if architecture == "clipseg":
        import clipseg
        return clipseg.build(checkpoint, Words(clip, most, CLIP_TOKENS, CLIP_END), choices.side or clipseg.SIDE)
    import cris_graphs
    return cris_graphs.build(checkpoint, Words(clip, most, CRIS_PADDED, CRIS_PAD))
