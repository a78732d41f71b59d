"""The training loop: a fixed time on the wall clock, resumable at any moment.

Checkpoints go to the run's folder every two minutes and on SIGTERM; the learning rate
follows a cosine over the wall clock, so that a busy machine trains less, not longer.
"""

from __future__ import annotations

import argparse
import json
import math
import signal
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import date
from pathlib import Path
from typing import Protocol, TypeVar

import torch
from torch import Tensor, nn

import cache as caching
import checkpoint
import paths
from augment import Changes
from model import Conventional, MovingAverage, Vlsm
from pictures import PictureBatch

DECODER_RATE, ENCODER_RATE, WEIGHT_DECAY, CLIP, EMA = 2e-3, 3e-4, 1e-2, 5.0, 0.998
WARM_UP_STEPS = 100
CHECKPOINT_SECONDS, SAY_SECONDS = 120, 20

B = TypeVar("B", bound=PictureBatch)


class Trainee(Protocol[B]):
    """What is trained: a model whose parameters of `encoder` learn more slowly than the others."""

    model: Vlsm | Conventional

    def sampler(self, seed: int) -> "Draws[B]": ...

    def loss(self, batch: B) -> Tensor: ...


class Draws(Protocol[B]):
    def draw(self, images: int) -> B: ...

    def counts(self) -> dict[str, int]: ...


def begin(description: str | None, checkpoint_name: str, trainee_of: Callable[[argparse.Namespace], Trainee[B]]) -> None:
    """The command line of a training; its state goes to <run>/<checkpoint_name>."""
    run(parser_of(description).parse_args(), trainee_of, checkpoint_name)


def run(args: argparse.Namespace, trainee_of: Callable[[argparse.Namespace], Trainee[B]], checkpoint_name: str) -> None:
    """What is trained by the arguments that `parser_of` reads; its state goes to <run>/<checkpoint_name>."""
    args.run.mkdir(parents=True, exist_ok=True)
    torch.set_num_threads(args.threads)
    torch.manual_seed(args.seed)
    train(args, trainee_of(args), args.run / checkpoint_name)


def parser_of(description: str | None) -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(description=description, formatter_class=argparse.RawDescriptionHelpFormatter)
    paths.add_data_flags(parser)
    parser.add_argument("--minutes", type=float, default=75, help="wall-clock budget of the whole run")
    parser.add_argument("--batch", type=int, default=10, help="images a step")
    parser.add_argument("--threads", type=int, default=1)
    parser.add_argument("--seed", type=int, default=7)
    parser.add_argument("--peak", type=float, default=1.0, help="factor of both learning rates: less than 1 to go on gently from --init")
    parser.add_argument("--strength", type=float, default=Changes().strength, help="of the random changes to images, 0 to 1: less to finish on images as they come")
    parser.add_argument("--elsewhere", type=float, default=Changes().elsewhere, help="share of the images that are changed as another camera, detector or export might")
    parser.add_argument("--side", type=int, default=caching.SIDE, help="of the images in pixels; a run may begin on smaller ones")
    parser.add_argument("--keep-early", action="store_true",
                        help="stem and blocks up to stride 4 do not learn: a step takes two thirds as long")
    parser.add_argument("--init", type=Path, help="checkpoint whose averaged weights the run begins from")
    parser.add_argument("--resume", action="store_true", help="go on from the run's checkpoint if it is there")
    return parser


def changes(args: argparse.Namespace) -> Changes:
    """How much the images are changed."""
    return Changes(args.strength, args.elsewhere)


def data(args: argparse.Namespace) -> tuple[dict[str, caching.CachedSet], dict[str, dict[str, list[str]]]]:
    """The sets and their splits."""
    sets = caching.load(args.images, args.phantoms, args.run / "cache", args.side)
    splits = json.loads(paths.SPLITS.read_text())["sets"]
    missing = set(sets) - set(splits)
    if missing:
        raise SystemExit(f"no split for {sorted(missing)}: run tools/train/split.py with the same flags first")
    return sets, splits


def train(args: argparse.Namespace, trainee: Trainee[B], path: Path) -> None:
    """Train until the time is over or SIGTERM comes; the last state is in `path`."""
    model, progress = trainee.model, checkpoint.Progress()
    model.encoder.learn_early(not args.keep_early)
    if args.init:
        checkpoint.begin_from(args.init, model)
    average, optimiser = MovingAverage(model, EMA), make_optimiser(model, args.peak)
    if args.resume and path.exists():
        progress = checkpoint.restore(path, model, average, optimiser)
    sampler = trainee.sampler(args.seed + progress.step)
    facts: dict[str, object] = {"seed": args.seed, "minutes": args.minutes, "strength": args.strength, "elsewhere": args.elsewhere, "date": date.today().isoformat(),
                                "images": sampler.counts()}
    print("sets", json.dumps(sampler.counts()), "resumed at step", progress.step, flush=True)

    asked_to_stop: list[int] = []
    signal.signal(signal.SIGTERM, lambda number, _: asked_to_stop.append(number))
    model.train()
    budget, last = args.minutes * 60, time.monotonic()
    saved, said, total, count = progress.seconds, progress.seconds, 0.0, 0
    drawing = ThreadPoolExecutor(1)
    drawn = drawing.submit(sampler.draw, args.batch)
    while progress.seconds < budget and not asked_to_stop:
        set_rates(optimiser, progress, budget)
        batch, drawn = drawn.result(), drawing.submit(sampler.draw, args.batch)
        total += step(model, optimiser, trainee.loss(batch))
        average.update(model, progress.step)
        now = time.monotonic()
        progress.seconds += now - last
        last, count = now, count + 1
        progress.step += 1
        progress.images += args.batch
        if progress.seconds - said > SAY_SECONDS:
            print(f"{progress.seconds / 60:6.1f} min  step {progress.step}  loss {total / count:.4f}  "
                  f"{(progress.seconds - said) / count * 1000:.0f} ms a step", flush=True)
            said, total, count = progress.seconds, 0.0, 0
        if progress.seconds - saved > CHECKPOINT_SECONDS:
            checkpoint.save(path, model, average, optimiser, progress, facts)
            saved = progress.seconds
    checkpoint.save(path, model, average, optimiser, progress, facts)
    print("stopped" if asked_to_stop else "done", vars(progress), flush=True)


def make_optimiser(model: nn.Module, peak: float) -> torch.optim.AdamW:
    encoder = [p for n, p in model.named_parameters() if n.startswith("encoder.")]
    decoders = [p for n, p in model.named_parameters() if not n.startswith("encoder.")]
    return torch.optim.AdamW([{"params": encoder, "peak": ENCODER_RATE * peak},
                              {"params": decoders, "peak": DECODER_RATE * peak}],
                             lr=DECODER_RATE * peak, weight_decay=WEIGHT_DECAY)


def set_rates(optimiser: torch.optim.AdamW, progress: checkpoint.Progress, budget: float) -> None:
    cosine = 0.5 * (1 + math.cos(math.pi * min(1.0, progress.seconds / budget)))
    warm = min(1.0, (progress.step + 1) / WARM_UP_STEPS)
    for group in optimiser.param_groups:
        group["lr"] = group["peak"] * cosine * warm


def step(model: nn.Module, optimiser: torch.optim.AdamW, loss: Tensor) -> float:
    optimiser.zero_grad(set_to_none=True)
    loss.backward()
    torch.nn.utils.clip_grad_norm_(model.parameters(), CLIP)
    optimiser.step()
    return loss.item()
