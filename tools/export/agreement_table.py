"""bench/results/agreement.json and the table made of it."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

TITLES = {"clipseg": "CLIPSeg", "cris": "CRIS", "biomedclipseg": "BiomedCLIPSeg", "unet": "UNet",
          "unetplusplus": "UNet++", "deeplabv3plus": "DeepLabv3+"}
#: What a bundle must keep to.
TOLERANCE = 1e-3


def write_results(folder: Path, rows: list[dict[str, Any]], about: dict[str, Any]) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "agreement.json").write_text(json.dumps({"about": about, "rows": rows}, indent=1) + "\n")
    (folder / "agreement.md").write_text(table(rows, about))


def table(rows: list[dict[str, Any]], about: dict[str, Any]) -> str:
    head = ("| architecture | form | parameters | input | largest difference of logits: onnxruntime-node (Python ONNX "
            "Runtime) | logits from .. to | between two prompts | ms an image: PyTorch | Python ONNX Runtime | "
            "onnxruntime-node | of these image + prompt | prompt again |\n"
            + "| --- | --- | ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: |\n")
    worst = max(row["largestDifference"]["node"] for row in rows)
    kept = "within" if worst <= TOLERANCE else "NOT within"
    return (f"# Agreement of exported bundles with PyTorch\n\n"
            f"Made by `tools/export/agreement.py` on {about['date']}, true sizes, random weights (seed {about['seed']}): "
            f"{about['cpu']}, {about['cores']} cores, every runtime on one thread, load average {about['load']} from other "
            f"work on the machine. PyTorch {about['torch']}, ONNX Runtime {about['onnxruntime']} (Python), onnxruntime-node "
            f"{about['onnxruntime-node']} (the product's loader, with its pixel and prompt preparation).\n\n"
            f"Worst difference {worst:.1e}: {kept} {TOLERANCE:.0e}.\n\n"
            + head + "".join(line(row) for row in rows) + NOTES)


def line(row: dict[str, Any]) -> str:
    ms, difference, logits = row["milliseconds"], row["largestDifference"], row["logits"]
    node = ms["node"]
    parts = (f"{node['image']:.0f} + {node['prompt']:.0f}", f"{node['again']:.0f}") if row["form"] == "split" else ("", "")
    between = "" if logits["betweenPrompts"] is None else f"{logits['betweenPrompts']:.1f}"
    cells = (TITLES[row["architecture"]], row["form"], f"{row['parameters'] / 1e6:.0f} M", f"{row['side']}²",
             f"{difference['node']:.1e} ({difference['onnxruntime']:.1e})", f"{logits['low']:.0f} .. {logits['high']:.0f}",
             between, *(f"{ms[name]['total']:.0f} ({ms[name]['processor']:.0f})" for name in ("pytorch", "onnxruntime", "node")),
             *parts)
    return f"| {' | '.join(cells)} |\n"


NOTES = """
- Milliseconds are medians of wall clock with the processor's time in brackets: one image with a prompt that is new to the
  process, preparation of pixels and words included. The three took turns, round by round. The wall clock counts what
  other work on the machine took away; the processor's time does not.
- PyTorch's logits for the difference come from the published way of running: the library's own `forward`, prompts padded to
  the model's length (77, 17 and 256 tokens). The product pads nothing. For the times PyTorch pads nothing either.
- Last layers of random models are scaled so that the logits of the example reach 20, about as far as a trained model's
  (the starter's decoder: 18); "between two prompts" is the largest difference that another prompt makes on the same image.
- Conventional models take no prompt, so there is nothing to split.
"""
