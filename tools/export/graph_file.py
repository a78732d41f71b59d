"""A graph as an ONNX file with any batch size and any prompt length."""

from __future__ import annotations

import warnings
from pathlib import Path

import onnx
import torch
from torch import Tensor

from exportable import WORDS, Exportable, Graph
from weights import example

OPSET = 18
#: One protobuf message holds no more; external files are not allowed in a bundle.
LARGEST = 2 ** 31 - 1


def write_graphs(model: Exportable, graphs: dict[str, Graph], folder: Path) -> None:
    values = traced_values(model, graphs)
    for name, graph in graphs.items():
        write_graph(graph, values, folder / f"{name}.onnx")


@torch.no_grad()
def traced_values(model: Exportable, graphs: dict[str, Graph]) -> dict[str, Tensor]:
    """Every value that goes into one of the graphs, for two images and prompts of five tokens."""
    ids = torch.tensor([[2, 4, 6, 8, 9], [2, 5, 7, 4, 9]])
    values = {"input_ids": ids, "attention_mask": torch.ones_like(ids), "pixel_values": example(model.pixels.side, 2)}
    for graph in (graphs[name] for name in ("text", "image") if name in graphs):
        values |= graph.run(values)
    if "last_hidden_state" in values:
        values["tokens"] = values["last_hidden_state"]
    return values


@torch.no_grad()
def write_graph(graph: Graph, values: dict[str, Tensor], file: Path) -> None:
    axes = {name: {0: "n", 1: "t"} if name in WORDS else {0: "n"} for name in (*graph.inputs, *graph.outputs)}
    with warnings.catch_warnings():
        # The tracer warns of every size that becomes a constant: image sizes are meant to.
        warnings.simplefilter("ignore")
        torch.onnx.export(graph.module, tuple(values[name] for name in graph.inputs), str(file), dynamo=False,
                          opset_version=OPSET, input_names=list(graph.inputs), output_names=list(graph.outputs),
                          dynamic_axes=axes)
    if file.stat().st_size > LARGEST:
        raise SystemExit(f"{file}: {file.stat().st_size} bytes, an ONNX file without external data holds {LARGEST}")
    written = onnx.load(str(file))
    found = tuple(i.name for i in written.graph.input), tuple(o.name for o in written.graph.output)
    if found != (graph.inputs, graph.outputs):
        raise SystemExit(f"{file}: inputs and outputs are {found}, meant were {(graph.inputs, graph.outputs)}")
