"""One checkpoint from several that began from the same weights: the mean of their averaged weights.

    python tools/train/mean.py run/a/unet.pt run/b/unet.pt --out run/unet.pt

The statistics of the norms that learn are measured again on training images: those of the mean are not the mean of
theirs (Wortsman et al., Model soups, ICML 2022; Izmailov et al., Averaging weights, UAI 2018).
"""

from __future__ import annotations

import argparse
from collections.abc import Callable
from pathlib import Path

import torch
from torch import Tensor, nn

import loop
import paths
import train_unet
import train_vlsm
from cache import SIDE
from checkpoint import Progress, save
from model import MovingAverage

BATCHES, IMAGES = 60, 10


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    paths.add_data_flags(parser)
    parser.add_argument("checkpoints", type=Path, nargs="+", help=f"all {train_unet.CHECKPOINT} or all {train_vlsm.CHECKPOINT}")
    parser.add_argument("--out", type=Path, required=True, help="the mean's checkpoint")
    parser.add_argument("--seed", type=int, default=7, help="of the images by which norms are measured")
    parser.set_defaults(side=SIDE)
    args = parser.parse_args()
    names = {path.name for path in args.checkpoints}
    if names not in ({train_unet.CHECKPOINT}, {train_vlsm.CHECKPOINT}):
        raise SystemExit(f"mean.py: of one kind of model, got {sorted(names)}")
    torch.set_num_threads(1)
    data = loop.data(args)
    trainee = (train_unet.ConventionalTraining(*data) if names == {train_unet.CHECKPOINT}
               else train_vlsm.VlsmTraining(*data, args.prompts, args.seed))
    states = [torch.load(path, weights_only=True) for path in args.checkpoints]
    model = trainee.model
    model.load_state_dict(mean([state["average"] for state in states]))
    sampler = trainee.sampler(args.seed)
    measure(model, lambda: trainee.loss(sampler.draw(IMAGES)))
    progress = Progress(**{key: sum(state["progress"][key] for state in states) for key in vars(Progress())})
    save(args.out, model, MovingAverage(model, loop.EMA), loop.make_optimiser(model, 1.0), progress,
         states[0]["facts"] | {"seeds": [state["facts"]["seed"] for state in states]})


def mean(weights: list[dict[str, Tensor]]) -> dict[str, Tensor]:
    """Of equal shapes under equal names; what is not a floating-point number is the first's."""
    return {name: torch.stack([w[name] for w in weights]).mean(0) if first.is_floating_point() else first
            for name, first in weights[0].items()}


@torch.no_grad()
def measure(model: nn.Module, answer: Callable[[], object]) -> None:
    """Running statistics of the norms that learn become the mean over BATCHES of training images."""
    model.train()
    norms = {m: m.momentum for m in model.modules() if isinstance(m, nn.BatchNorm2d) and m.training}
    for norm in norms:
        norm.reset_running_stats()
        norm.momentum = None
    for _ in range(BATCHES):
        answer()
    for norm, momentum in norms.items():
        norm.momentum = momentum
    model.eval()


if __name__ == "__main__":
    main()
