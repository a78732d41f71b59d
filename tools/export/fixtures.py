"""Tiny bundles of all six architectures, with the logits that PyTorch makes: what CI loads without PyTorch.

    python tools/export/fixtures.py [--out shared/model/testdata/exported]

The same code as main.py, with few layers of small widths: bundles in models/, images, prompts and logits in cases/.
"""

from __future__ import annotations

import argparse
import shutil
from pathlib import Path

import segmentation_models_pytorch as smp
import torch
from segmentation_models_pytorch.encoders._base import EncoderMixin
from torch import Tensor, nn
from transformers import CLIPSegConfig

import biomedclipseg
import clipseg
import conventional
import cris_graphs
from biomedclipseg import BiomedSize
from bundle_files import EXAMPLE_CLASSES, write_bundle
from case import write_case
from clip_backbone import ClipSize
from cris import CrisSize
from exportable import Exportable, Words
from tokenizers_of import bert_tokenizer, clip_tokenizer
from weights import SEED

HERE = Path(__file__).resolve().parents[2] / "shared/model/testdata/exported"
PROMPTS = ("left lung", "Round polyp, in the left lung!")
MERGES = ("l u", "lu n", "lun g</w>", "l e", "le f", "lef t</w>", "p o", "i n</w>", "t h", "th e</w>", "r o", "ro u")
WORDS = ("[PAD]", "[UNK]", "[CLS]", "[SEP]", "left", "lung", "round", "polyp", ",", "in", "the", "!")
CLIP_WORDS = 2 * 256 + len(MERGES) + 2


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--out", type=Path, default=HERE)
    args = parser.parse_args()
    torch.set_num_threads(1)
    for build in (tiny_clipseg, tiny_cris, tiny_biomedclipseg, *(tiny(name) for name in conventional.NETWORKS)):
        torch.manual_seed(SEED)
        model = build()
        write_case(model, args.out / "cases" / model.architecture, PROMPTS)
        for form, graphs in {"whole": {"whole": model.whole}, "split": model.split}.items():
            if graphs:
                folder = args.out / "models" / f"{model.architecture}-{form}"
                shutil.rmtree(folder, ignore_errors=True)
                write_bundle(model, graphs, folder, random=True, seed=SEED, classes=EXAMPLE_CLASSES)
                (folder / "CARD.md").unlink()


def tiny_clipseg() -> Exportable:
    """The position table is for 32 pixels, the input has 48: it is stretched, as at true size."""
    config = CLIPSegConfig(
        text_config={"vocab_size": CLIP_WORDS, "hidden_size": 8, "intermediate_size": 16, "num_hidden_layers": 2,
                     "num_attention_heads": 2, "max_position_embeddings": 20, "bos_token_id": CLIP_WORDS - 2,
                     "eos_token_id": CLIP_WORDS - 1},
        vision_config={"hidden_size": 8, "intermediate_size": 16, "num_hidden_layers": 4, "num_attention_heads": 2,
                       "image_size": 32, "patch_size": 16},
        projection_dim=12, extract_layers=[0, 1, 2], reduce_dim=8, decoder_num_attention_heads=2,
        decoder_intermediate_size=16, use_complex_transposed_convolution=True)
    return clipseg.build(None, clip_words(20, CLIP_WORDS - 1), 48, config)


TINY_CRIS = CrisSize(
    ClipSize(layers=(1, 1, 1, 1), width=2, image_heads=2, grid=3, embed=12, text_width=8, text_heads=2, text_layers=2,
             context=20, vocabulary=CLIP_WORDS),
    side=64, neck=(4, 8, 8), layers=2, heads=2, feed_forward=16)


def tiny_cris() -> Exportable:
    return cris_graphs.build(None, clip_words(20, 0), TINY_CRIS)


def tiny_biomedclipseg() -> Exportable:
    words = Words(bert_tokenizer({word: n for n, word in enumerate(WORDS)}), 24, 24, 0)
    return biomedclipseg.build(None, words, BiomedSize(
        32, {"img_size": 32, "embed_dim": 8, "depth": 4, "num_heads": 2},
        {"vocab_size": len(WORDS), "hidden_size": 8, "num_hidden_layers": 2, "num_attention_heads": 2,
         "intermediate_size": 16, "max_position_embeddings": 24}, 12, 10, 8, 2, 16, (0, 1, 2)))


def tiny(architecture: str):
    smp.encoders.encoders["tiny"] = {"encoder": TinyEncoder, "params": {}, "pretrained_settings": {}}
    narrow = {"decoder_channels": 8} if architecture == "deeplabv3plus" else {"decoder_channels": (8, 8, 4, 4, 4)}
    return lambda: conventional.build(architecture, None, len(EXAMPLE_CLASSES), "tiny", 32, **narrow)


def clip_words(most: int, pad: int) -> Words:
    return Words(clip_tokenizer(list(MERGES)), most, most, pad)


class TinyEncoder(nn.Module, EncoderMixin):
    """One convolution for each halving."""

    def __init__(self, depth: int = 5, output_stride: int = 32) -> None:
        super().__init__()
        self._depth, self._output_stride, self._in_channels = depth, output_stride, 3
        self._out_channels = [3, 4, 4, 8, 8, 8][:depth + 1]
        self.stages = nn.ModuleList(
            nn.Sequential(nn.Conv2d(inside, out, 3, stride=2, padding=1, bias=False), nn.BatchNorm2d(out), nn.ReLU())
            for inside, out in zip(self._out_channels, self._out_channels[1:]))

    def get_stages(self) -> dict[int, list[nn.Module]]:
        return {16: [self.stages[3]], 32: [self.stages[4]]}

    def forward(self, x: Tensor) -> list[Tensor]:
        features = [x]
        for stage in self.stages:
            features.append(stage(features[-1]))
        return features


if __name__ == "__main__":
    main()
