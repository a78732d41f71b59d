"""Export the averaged weights to ONNX: text, image and decoder of the VLSM; image, decoder and the families' own decoders of
the conventional model.

    python tools/train/export.py --models models

Then compares ONNX Runtime with PyTorch and writes <run>/agreement.json.
"""

from __future__ import annotations

import argparse
import json
import shutil
import warnings
from pathlib import Path

import numpy as np
import onnx
import torch
from torch import Tensor, nn

import cache as caching
import checkpoint
import paths
import train_family
import train_unet
import train_vlsm
from encoder import CHANNELS, LITE2
from graphs import PYRAMID, ConventionalDecoderGraph, DecoderGraph, ImageGraph
from half import store_as_half
from model import Conventional, Vlsm
from onnx_runtime import session
from text import text_graph_path, tokenizer_json

OPSET = 18
#: Graph -> storage -> output -> largest difference between PyTorch and ONNX Runtime.
Agreement = dict[str, dict[str, dict[str, float]]]
VLSM, UNET = "starter-vlsm", "starter-unet"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    paths.add_data_flags(parser)
    parser.add_argument("--models", type=Path, default=paths.REPOSITORY / "models")
    args = parser.parse_args()
    torch.set_num_threads(1)
    model, *_ = checkpoint.load_average(args.run / train_vlsm.CHECKPOINT, Vlsm())
    partner, *_ = checkpoint.load_average(args.run / train_unet.CHECKPOINT, Conventional())
    agreement = {VLSM: export_vlsm(model, args.models / VLSM),
                 UNET: export_conventional(partner, train_family.checkpoints(args.run), args.models / UNET)}
    (args.run / "agreement.json").write_text(json.dumps(agreement, indent=1))
    print(json.dumps(agreement, indent=1))


def export_vlsm(model: Vlsm, folder: Path) -> Agreement:
    folder.mkdir(parents=True, exist_ok=True)
    shutil.copyfile(text_graph_path(), folder / "text.onnx")
    (folder / "tokenizer.json").write_bytes(tokenizer_json())
    image, decoder = ImageGraph(model).eval(), DecoderGraph(model).eval()
    pixels, tokens, mask = example(2, 7)
    return {
        "image": export(image, (pixels,), ["pixel_values"], [*PYRAMID, "pooled"], folder / "image.onnx"),
        "decoder": export(decoder, (*image(pixels)[:len(PYRAMID)], tokens, mask),
                          [*PYRAMID, "tokens", "attention_mask"], ["logits"], folder / "decoder.onnx"),
    }


def export_conventional(model: Conventional, families: dict[str, Path], folder: Path) -> Agreement:
    """families: whose decoders were trained further, with their checkpoints; the encoder is that of all."""
    folder.mkdir(parents=True, exist_ok=True)
    image, (pixels, *_) = ImageGraph(model).eval(), example(2, 7)
    found = {"image": export(image, (pixels,), ["pixel_values"], [*PYRAMID, "pooled"], folder / "image.onnx")}
    decoders = {"decoder": model} | {f"decoder-{family}": checkpoint.load_average(path, Conventional())[0]
                                     for family, path in families.items()}
    maps = image(pixels)[:len(PYRAMID)]
    for name, one in decoders.items():
        found[name] = export(ConventionalDecoderGraph(one).eval(), maps, list(PYRAMID), ["logits"], folder / f"{name}.onnx", LITE2.channels)
    return found


def example(n: int, length: int, side: int = caching.SIDE) -> tuple[Tensor, Tensor, Tensor]:
    """Random pixels and tokens; the last row's mask leaves two words out."""
    generator = torch.Generator().manual_seed(n)
    mask = torch.ones(n, length, dtype=torch.int64)
    mask[-1, -2:] = 0
    return (torch.randn(n, 3, side, side, generator=generator).clamp(-1, 1),
            torch.randn(n, length, 384, generator=generator) * 0.4, mask)


@torch.no_grad()
def export(module: nn.Module, inputs: tuple[Tensor, ...], names: list[str], outputs: list[str],
           path: Path, channels: dict[str, int] = CHANNELS) -> dict[str, dict[str, float]]:
    """Write the graph with float16 weights, for any batch, side and length of prompt; -> output -> largest difference, for
    both storages. channels: of the features that the graph takes."""
    axes = {name: {0: "n"} for name in (*names, *outputs)}
    for name in axes:
        if name in ("tokens", "attention_mask"):
            axes[name] |= {1: "t"}
        elif name != "pooled":
            axes[name] |= {2: f"{name} height", 3: f"{name} width"}
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        torch.onnx.export(module, inputs, str(path), dynamo=False, opset_version=OPSET,
                          input_names=names, output_names=outputs, dynamic_axes=axes)
    module.eval()
    full = onnx.load(str(path))
    if any(node.op_type == "BatchNormalization" for node in full.graph.node):
        raise RuntimeError(f"{path.name}: BatchNorm was not folded")
    compare = fresh_inputs(names, channels)
    found = {"fp32": largest_difference(full, module, compare, names, outputs)}
    half = store_as_half(full)
    found["fp16-stored"] = largest_difference(half, module, compare, names, outputs)
    onnx.save(half, str(path))
    return found


def fresh_inputs(names: list[str], channels: dict[str, int]) -> tuple[Tensor, ...]:
    """Another batch size, side and length than the graph was traced with."""
    other = max(caching.SIDES.values())
    pixels, tokens, mask = example(3, 11, other)
    if names == ["pixel_values"]:
        return (pixels,)
    generator = torch.Generator().manual_seed(5)
    sides = [other // stride for stride in (2, 4, 8, 16, 32)]
    pyramid = tuple(torch.randn(3, channels[name], side, side, generator=generator) * 3
                    for name, side in zip(PYRAMID, sides))
    return (*pyramid, tokens, mask) if "tokens" in names else pyramid


def largest_difference(graph: onnx.ModelProto, module: nn.Module, inputs: tuple[Tensor, ...],
                       names: list[str], outputs: list[str]) -> dict[str, float]:
    got = session(graph.SerializeToString()).run(outputs, {n: i.numpy() for n, i in zip(names, inputs)})
    wanted = module(*inputs)
    wanted = wanted if isinstance(wanted, tuple) else (wanted,)
    return {name: float(np.abs(g - w.numpy()).max()) for name, g, w in zip(outputs, got, wanted)}


if __name__ == "__main__":
    main()
