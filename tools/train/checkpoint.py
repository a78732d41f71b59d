"""Save and restore a run, so that it can be stopped at any moment."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

import torch
from torch import nn

from model import MovingAverage

M = TypeVar("M", bound=nn.Module)


@dataclass
class Progress:
    """seconds spent training, over all resumes."""

    step: int = 0
    images: int = 0
    seconds: float = 0.0


def save(path: Path, model: nn.Module, average: MovingAverage, optimiser: torch.optim.Optimizer,
         progress: Progress, facts: dict[str, object]) -> None:
    """Write beside, then move: a reader never sees half a file."""
    part = path.with_suffix(".part")
    torch.save({"model": model.state_dict(), "average": average.model.state_dict(),
                "optimiser": optimiser.state_dict(), "progress": vars(progress), "facts": facts}, part)
    os.replace(part, path)


def restore(path: Path, model: nn.Module, average: MovingAverage,
            optimiser: torch.optim.Optimizer) -> Progress:
    state = torch.load(path, weights_only=True)
    model.load_state_dict(state["model"])
    average.model.load_state_dict(state["average"])
    optimiser.load_state_dict(state["optimiser"])
    return Progress(**state["progress"])


def begin_from(path: Path, model: nn.Module) -> None:
    """Weights of an earlier run; layers that it did not have keep their own."""
    weights = torch.load(path, weights_only=True)["average"]
    unknown = model.load_state_dict(weights, strict=False).unexpected_keys
    if unknown:
        raise ValueError(f"{path} has layers that this model does not have: {unknown}")


def load_average(path: Path, model: M) -> tuple[M, Progress, dict[str, object]]:
    """The model with the averaged weights for export, and the facts about the run."""
    if not path.is_file():
        raise SystemExit(f"{path} is not there: run tools/train/train_{path.stem}.py with the same --run first")
    state = torch.load(path, weights_only=True)
    model.load_state_dict(state["average"])
    return model.eval(), Progress(**state["progress"]), state["facts"]
