"""A checkpoint from the graphs of a bundle, so that a training can go on from what ships.

    python tools/train/restart.py --models models --out run/shipped      writes vlsm.pt, unet.pt and unet-FAMILY.pt there
    python tools/train/train_unet.py --init run/shipped/unet.pt ...

The graphs hold each BatchNorm folded into its convolution. It is unfolded again so that the model answers as before
and its running statistics are those of training images: in training, batches then move little.
"""

from __future__ import annotations

import argparse
import json
from collections.abc import Callable
from pathlib import Path

import numpy as np
import onnx
import torch
from onnx import numpy_helper
from torch import Tensor, nn

import loop
import paths
import train_family
import train_unet
import train_vlsm
from cache import SIDE
from checkpoint import Progress, save
from export import UNET, VLSM
from model import Conventional, MovingAverage, Vlsm

#: The BatchNorm that follows a convolution, by the convolution's name in its parent.
NORM_AFTER = {"stem": "stem_norm", "_expand_conv": "_bn0", "_depthwise_conv": "_bn1", "_project_conv": "_bn2",
              "conv": "norm", "0": "1"}
BATCHES, IMAGES = 24, 10

Weights = dict[str, np.ndarray]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    paths.add_data_flags(parser)
    parser.add_argument("--models", type=Path, default=paths.REPOSITORY / "models")
    parser.add_argument("--out", type=Path, required=True, help="folder for the checkpoints")
    parser.add_argument("--seed", type=int, default=7, help="of the images by which norms are measured")
    parser.set_defaults(side=SIDE)
    args = parser.parse_args()
    args.out.mkdir(parents=True, exist_ok=True)
    torch.set_num_threads(1)
    vlsm, unet = args.models / VLSM, args.models / UNET
    data = loop.data(args)
    families = [path.stem.removeprefix("decoder-") for path in sorted(unet.glob("decoder-*.onnx"))]
    for name, trainee, graphs in (
            (train_vlsm.CHECKPOINT, train_vlsm.VlsmTraining(*data, args.prompts, args.seed),
             [vlsm / "image.onnx", vlsm / "decoder.onnx"]),
            (train_unet.CHECKPOINT, train_unet.ConventionalTraining(*data), [unet / "image.onnx", unet / "decoder.onnx"]),
            *((train_family.checkpoint_of(family), train_family.FamilyTraining(*data, family),
               [unet / "image.onnx", unet / f"decoder-{family}.onnx"]) for family in families)):
        take(trainee.model, [onnx.load(str(path)) for path in graphs])
        sampler = trainee.sampler(args.seed)
        measure_norms(trainee.model, lambda: trainee.loss(sampler.draw(IMAGES)))
        average = MovingAverage(trainee.model, loop.EMA)
        save(args.out / name, trainee.model, average, loop.make_optimiser(trainee.model, 1.0), Progress(),
             facts_of(graphs[0].parent) | {"from": [str(path) for path in graphs]})


def facts_of(bundle: Path) -> dict[str, object]:
    """Of the training, as a checkpoint holds them: seed, date, images of each set."""
    training = json.loads((bundle / "manifest.json").read_text())["training"]
    return {"seed": training["seed"], "date": training["date"], "images": {one["name"]: one["images"] for one in training["data"]}}


@torch.no_grad()
def take(model: Vlsm | Conventional, graphs: list[onnx.ModelProto]) -> None:
    """The graphs' weights into the model. ValueError: a weight of the model that no graph holds."""
    found: Weights = {}
    for graph in graphs:
        found |= weights_of(graph)
    for name, module in model.named_modules():
        if isinstance(module, nn.Conv2d) and module.bias is None and f"{name}.bias" in found:
            parent, _, leaf = name.rpartition(".")
            norm = model.get_submodule(f"{parent}.{NORM_AFTER[leaf]}" if parent else NORM_AFTER[leaf])
            as_plain(norm, torch.from_numpy(found[f"{name}.bias"]))
            del found[f"{name}.bias"]
    mine = {n: p for n, p in (*model.named_parameters(), *model.named_buffers())}
    norms = {f"{name}." for name, module in model.named_modules() if isinstance(module, nn.BatchNorm2d)}
    missing = [n for n in mine if n not in found and not any(n.startswith(norm) for norm in norms)]
    if missing or found.keys() - mine.keys():
        raise ValueError(f"not in the graphs: {missing}; not in the model: {sorted(found.keys() - mine.keys())}")
    for name, values in found.items():
        mine[name].copy_(torch.from_numpy(values).reshape(mine[name].shape))


def as_plain(norm: nn.BatchNorm2d, shift: Tensor) -> None:
    """Adds `shift` and does nothing else."""
    norm.running_mean.zero_()
    norm.running_var.fill_(1 - norm.eps)
    norm.weight.fill_(1)
    norm.bias.copy_(shift)


def weights_of(graph: onnx.ModelProto) -> Weights:
    """Parameter name -> values. What export named anew is told by the node that uses it."""
    stored = {t.name.removesuffix("_half"): numpy_helper.to_array(t).astype(np.float32) for t in graph.graph.initializer}
    found = {name: values for name, values in stored.items() if "::" not in name}
    for node in graph.graph.node:
        module = module_of(node.name)
        anew = [name for name in node.input if name.startswith("onnx::") and name in stored]
        if node.op_type == "Conv":
            found |= {f"{module}.{part}": stored[name] for part, name in zip(("weight", "bias"), anew)}
        elif node.op_type == "MatMul" and anew:
            found[f"{module}.weight"] = stored[anew[0]].T
        elif node.op_type == "Resize" and anew and stored[anew[0]].ndim == 4:
            found[f"{module}.place"] = stored[anew[0]].reshape(1, stored[anew[0]].shape[1], -1).transpose(0, 2, 1)
    return found


def module_of(node: str) -> str:
    """"/vlsm/attention.0/mlp/mlp.2/MatMul" -> "vlsm.attention.0.mlp.2": a sequence's name is repeated before its parts."""
    path = node.strip("/").split("/")[:-1]
    return ".".join(part for part, after in zip(path, [*path[1:], ""]) if not after.startswith(f"{part}."))


@torch.no_grad()
def measure_norms(model: nn.Module, answer: Callable[[], Tensor]) -> None:
    """Running statistics of each BatchNorm become those of its input over BATCHES of training images; scale and shift
    follow, so that the model in evaluation answers as before."""
    norms = [m for m in model.modules() if isinstance(m, nn.BatchNorm2d)]
    sums = {m: [torch.zeros_like(m.running_mean, dtype=torch.float64) for _ in range(2)] for m in norms}

    def add(norm: nn.Module, inputs: tuple[Tensor]) -> None:
        x = inputs[0].double()
        sums[norm][0] += x.mean((0, 2, 3)) / BATCHES
        sums[norm][1] += x.square().mean((0, 2, 3)) / BATCHES

    hooks = [m.register_forward_pre_hook(add) for m in norms]
    model.eval()
    for _ in range(BATCHES):
        answer()
    for hook in hooks:
        hook.remove()
    for norm in norms:
        mean, square = sums[norm]
        variance = (square - mean.square()).clamp(min=1e-8)
        scale = norm.weight.double() / (norm.running_var.double() + norm.eps).sqrt()
        shift = norm.bias.double() - norm.running_mean.double() * scale
        norm.running_mean.copy_(mean)
        norm.running_var.copy_(variance)
        norm.weight.copy_(scale * (variance + norm.eps).sqrt())
        norm.bias.copy_(shift + mean * scale)


if __name__ == "__main__":
    main()
