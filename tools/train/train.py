"""Train encoder, prompt decoder and conventional decoder together for a fixed time.

    python tools/train/train.py --minutes 75 [--resume] [--phantoms DIR ...]

Checkpoints go to <run>/checkpoint.pt every two minutes and on SIGTERM; the learning rate
follows a cosine over the wall clock, so that a busy machine trains less, not longer.
"""

from __future__ import annotations

import argparse
import json
import math
import signal
import time
from concurrent.futures import ThreadPoolExecutor
from datetime import date
from pathlib import Path

import numpy as np
import torch

import cache as caching
import checkpoint
import paths
from batches import Batch, Sampler
from losses import mask_loss
from model import MovingAverage, Starter, pyramid_at
from prompts import read_paper_prompts
from text import TextEncoder, whitening
from unet import unfold

DECODER_RATE, ENCODER_RATE, WEIGHT_DECAY, CLIP, EMA = 2e-3, 3e-4, 1e-2, 5.0, 0.998
WARM_UP_STEPS = 100
UNET_SHARE = 0.6
CHECKPOINT_SECONDS = 120


def main() -> None:
    args = parse()
    args.run.mkdir(parents=True, exist_ok=True)
    torch.set_num_threads(args.threads)
    torch.manual_seed(args.seed)
    sets = caching.load(args.images, args.phantoms, args.run / "cache")
    splits = json.loads(paths.SPLITS.read_text())["sets"]
    missing = set(sets) - set(splits)
    if missing:
        raise SystemExit(f"no split for {sorted(missing)}: run tools/train/split.py with the same flags first")
    text = TextEncoder()
    path = args.run / "checkpoint.pt"
    sampler = Sampler(sets, splits, read_paper_prompts(args.prompts), text, args.seed)
    model = Starter(*prompt_statistics(sampler)).to(memory_format=torch.channels_last)
    if args.init:
        checkpoint.begin_from(args.init, model)
    average = MovingAverage(model, EMA)
    optimiser = make_optimiser(model, args.peak)
    progress = checkpoint.Progress()
    if args.resume and path.exists():
        progress = checkpoint.restore(path, model, average, optimiser)
        sampler = Sampler(sets, splits, sampler.paper, text, args.seed + progress.step)
    facts = {"seed": args.seed, "minutes": args.minutes, "date": date.today().isoformat(),
             "images": {s.spec.name: len(rows) for s, rows in zip(sampler.sets, sampler.train)}}
    print("sets", json.dumps(facts["images"]), "resumed at step", progress.step, flush=True)
    run(args, model, average, optimiser, sampler, progress, path, facts)


def parse() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    paths.add_data_flags(parser)
    parser.add_argument("--minutes", type=float, default=75, help="wall-clock budget of the whole run")
    parser.add_argument("--batch", type=int, default=10, help="images a step; about twice as many prompts")
    parser.add_argument("--threads", type=int, default=1)
    parser.add_argument("--seed", type=int, default=7)
    parser.add_argument("--peak", type=float, default=1.0, help="factor of both learning rates: less than 1 to go on gently from --init")
    parser.add_argument("--init", type=Path, help="checkpoint whose averaged weights the run begins from")
    parser.add_argument("--resume", action="store_true", help="go on from <run>/checkpoint.pt if it is there")
    return parser.parse_args()


def prompt_statistics(sampler: Sampler) -> tuple[torch.Tensor, torch.Tensor]:
    """Mean and whitening of the tokens of 60 batches of real prompts."""
    for _ in range(60):
        sampler.draw(10)
    tokens = np.concatenate(list(sampler.text.known.values())).astype(np.float32)
    mean, matrix = whitening(tokens)
    return torch.from_numpy(mean), torch.from_numpy(matrix)


def make_optimiser(model: Starter, peak: float) -> torch.optim.AdamW:
    encoder = [p for p in model.encoder.parameters() if p.requires_grad]
    decoders = [*model.vlsm.parameters(), *model.unet.parameters()]
    return torch.optim.AdamW([{"params": encoder, "peak": ENCODER_RATE * peak},
                              {"params": decoders, "peak": DECODER_RATE * peak}],
                             lr=DECODER_RATE * peak, weight_decay=WEIGHT_DECAY)


def run(args: argparse.Namespace, model: Starter, average: MovingAverage, optimiser: torch.optim.AdamW,
        sampler: Sampler, progress: checkpoint.Progress, path: Path, facts: dict[str, object]) -> None:
    model.train()
    budget = args.minutes * 60
    asked_to_stop: list[int] = []
    signal.signal(signal.SIGTERM, lambda number, _: asked_to_stop.append(number))
    last = time.monotonic()
    saved, said, sums = progress.seconds, progress.seconds, np.zeros(3)
    drawing = ThreadPoolExecutor(1)
    drawn = drawing.submit(sampler.draw, args.batch)
    while progress.seconds < budget and not asked_to_stop:
        set_rates(optimiser, progress, budget)
        batch, drawn = drawn.result(), drawing.submit(sampler.draw, args.batch)
        losses = step(model, optimiser, batch)
        average.update(model, progress.step)
        sums += (*losses, 1)
        now = time.monotonic()
        progress.seconds += now - last
        last = now
        progress.step += 1
        progress.images += args.batch
        if progress.seconds - said > 20:
            vlsm, unet, count = sums
            print(f"{progress.seconds / 60:6.1f} min  step {progress.step}  vlsm {vlsm / count:.4f}  "
                  f"unet {unet / count:.4f}  {20 / count * 1000:.0f} ms a step", flush=True)
            said, sums = progress.seconds, np.zeros(3)
        if progress.seconds - saved > CHECKPOINT_SECONDS:
            checkpoint.save(path, model, average, optimiser, progress, facts)
            saved = progress.seconds
    checkpoint.save(path, model, average, optimiser, progress, facts)
    print("stopped" if asked_to_stop else "done", vars(progress), flush=True)


def set_rates(optimiser: torch.optim.AdamW, progress: checkpoint.Progress, budget: float) -> None:
    cosine = 0.5 * (1 + math.cos(math.pi * min(1.0, progress.seconds / budget)))
    warm = min(1.0, (progress.step + 1) / WARM_UP_STEPS)
    for group in optimiser.param_groups:
        group["lr"] = group["peak"] * cosine * warm


def step(model: Starter, optimiser: torch.optim.AdamW, batch: Batch) -> tuple[float, float]:
    """One update; returns both losses. bf16 where it pays. The conventional decoder learns faster
    than the one that reads prompts, so it sees only a part of the images."""
    pyramid = model.encoder(batch.pixels)
    part = round(len(batch.pixels) * UNET_SHARE)
    with torch.autocast("cpu", torch.bfloat16):
        logits, there = model.vlsm(pyramid_at(pyramid, batch.prompt_image), batch.tokens, batch.attention_mask)
        coarse, fine, presence = model.unet({name: f[:part] for name, f in pyramid.items()})
    vlsm = mask_loss(logits, there, batch.prompt_masks)
    seen = batch.class_image < part
    at = (batch.class_image[seen], batch.class_index[seen])
    unet = mask_loss(unfold(coarse[at], fine[at], presence[at]), presence[at], batch.class_masks[seen])
    optimiser.zero_grad(set_to_none=True)
    (vlsm + unet).backward()
    torch.nn.utils.clip_grad_norm_(model.parameters(), CLIP)
    optimiser.step()
    return vlsm.item(), unet.item()


if __name__ == "__main__":
    main()
