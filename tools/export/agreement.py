"""Six architectures at true size, whole and split: does the product compute what PyTorch does, and how fast?

    python tools/export/agreement.py [--only clipseg] [--rounds 5] [--work DIR]

Random weights from a fixed seed. PyTorch runs as the architecture was published (its library's own forward function, prompts
padded); the product loads the bundle by its own loader (bench/agreement.ts). Bundles are hundreds of megabytes: they are
written to --work and deleted one after the other. Results: bench/results/agreement.json and agreement.md, where each row
replaces the one of the same architecture and form: a run that was cut off goes on with --only.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import shutil
import subprocess
import tempfile
import time
from pathlib import Path
from statistics import median
from typing import Any

os.environ["OMP_NUM_THREADS"] = "1"
# ONNX Runtime's telemetry is on by default: loaded without this, it keeps an identifier in ~/.cache/Microsoft and reports to Microsoft.
os.environ["ORT_DISABLE_TELEMETRY"] = "1"

import numpy as np
import onnxruntime
import torch

from agreement_table import add_result
from architectures import ARCHITECTURES, build
from bundle_files import EXAMPLE_CLASSES, write_bundle
from case import PROMPTS, example_images, token_ids, write_case
from exportable import Exportable, Graph, normalised
from weights import SEED

ROOT = Path(__file__).resolve().parents[2]
NODE = ROOT / "node_modules/.bin/node"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--only", choices=ARCHITECTURES, action="append")
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--work", type=Path, default=Path(tempfile.gettempdir()))
    parser.add_argument("--results", type=Path, default=ROOT / "bench/results")
    args = parser.parse_args()
    torch.set_num_threads(1)
    for architecture in args.only or ARCHITECTURES:
        model = build(architecture, None)
        forms = {"whole": {"whole": model.whole}} | ({"split": model.split} if model.split else {})
        for form, graphs in forms.items():
            folder = Path(tempfile.mkdtemp(prefix="maskwright-agreement-", dir=args.work))
            try:
                row = measure(model, form, graphs, folder, args.rounds) | {"about": about(args.rounds)}
            finally:
                shutil.rmtree(folder)
            print(json.dumps(row), flush=True)
            add_result(args.results, row)


def about(rounds: int) -> dict[str, Any]:
    node = json.loads((ROOT / "node_modules/onnxruntime-node/package.json").read_text())["version"]
    cpu = next((line.split(":")[1].strip() for line in Path("/proc/cpuinfo").read_text().splitlines()
                if line.startswith("model name")), platform.processor())
    return {"date": time.strftime("%Y-%m-%d"), "cpu": cpu, "cores": os.cpu_count(), "threads": 1, "rounds": rounds,
            "seed": SEED, "load": round(os.getloadavg()[0], 1), "torch": torch.__version__,
            "onnxruntime": onnxruntime.__version__, "onnxruntime-node": node}


def measure(model: Exportable, form: str, graphs: dict[str, Graph], folder: Path, rounds: int) -> dict[str, Any]:
    bundle, case = folder / f"{model.architecture}-{form}", folder / "case"
    manifest = write_bundle(model, graphs, bundle, random=True, seed=SEED, classes=EXAMPLE_CLASSES)
    logits = write_case(model, case)
    ours = OnnxModel(model, bundle, graphs)
    image = example_images(model.pixels.side)[:1]
    times: dict[str, list[dict[str, float]]] = {"pytorch": [], "onnxruntime": [], "node": []}
    with subprocess.Popen([NODE, ROOT / "bench/agreement.ts", bundle, case], cwd=ROOT, text=True,
                          stdin=subprocess.PIPE, stdout=subprocess.PIPE) as node:
        difference = answer(node)["difference"]
        # The first round warms up. A prompt with a new digit is as long, and nobody has encoded it before.
        for number in range(rounds + 1):
            prompt = f"{PROMPTS[0]} {number}"
            found = {"pytorch": timed(lambda: published(model, image, prompt)),
                     "onnxruntime": timed(lambda: ours.logits(image, prompt)), "node": ask(node, prompt)}
            for name, one in found.items():
                if number > 0:
                    times[name].append(one)
        node.stdin.close()
    return {
        "architecture": model.architecture, "form": form, "side": model.pixels.side,
        "parameters": sum(p.numel() for p in model.network.parameters()),
        "bytes": sum(one["bytes"] for one in manifest["graphs"].values()),
        "largestDifference": {"node": difference, "onnxruntime": ours.largest_difference(logits)},
        "logits": {"shape": list(logits.shape[2:]), "low": float(logits.min()), "high": float(logits.max()),
                   "betweenPrompts": float(np.abs(logits[0] - logits[-1]).max()) if model.words else None},
        "milliseconds": {name: {key: round(median(one[key] for one in all_), 1) for key in all_[0]}
                         for name, all_ in times.items()},
        "rounds": times,
    }


class OnnxModel:
    """The same graphs in Python's ONNX Runtime."""

    def __init__(self, model: Exportable, bundle: Path, graphs: dict[str, Graph]) -> None:
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = 1
        self.model, self.sessions = model, {
            name: onnxruntime.InferenceSession(str(bundle / f"{name}.onnx"), options, providers=["CPUExecutionProvider"])
            for name in graphs}

    def logits(self, images: torch.Tensor, prompt: str) -> np.ndarray:
        values = {"pixel_values": normalised(images, self.model.pixels).numpy()}
        if self.model.words:
            ids, mask = token_ids(self.model.words, prompt, padded=False)
            values |= {"input_ids": ids.repeat(len(images), 1).numpy(), "attention_mask": mask.repeat(len(images), 1).numpy()}
        for session in self.sessions.values():
            names = [one.name for one in session.get_outputs()]
            found = session.run(names, {one.name: values[one.name] for one in session.get_inputs()})
            values |= dict(zip(names, found))
            if "last_hidden_state" in values:
                values["tokens"] = values["last_hidden_state"]
        return values["logits"]

    def largest_difference(self, expected: np.ndarray) -> float:
        images = example_images(self.model.pixels.side)
        return max(float(np.abs(self.logits(images, prompt) - one).max()) for prompt, one in zip(PROMPTS, expected))


@torch.inference_mode()
def published(model: Exportable, images: torch.Tensor, prompt: str) -> np.ndarray:
    pixels = normalised(images, model.pixels)
    return model.published(pixels, *(token_ids(model.words, prompt, padded=False) if model.words else ())).numpy()


def timed(run: Any) -> dict[str, float]:
    processor, start = time.process_time(), time.perf_counter()
    run()
    return {"total": (time.perf_counter() - start) * 1000, "processor": (time.process_time() - processor) * 1000}


def ask(node: subprocess.Popen[str], prompt: str) -> dict[str, float]:
    node.stdin.write(prompt + "\n")
    node.stdin.flush()
    return answer(node)


def answer(node: subprocess.Popen[str]) -> dict[str, float]:
    line = node.stdout.readline()
    if not line:
        raise SystemExit(f"bench/agreement.ts ended with {node.wait()}")
    return json.loads(line)


if __name__ == "__main__":
    main()
