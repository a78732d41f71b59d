"""The paper's experiment in miniature: trains, tests, and writes docs/benchmark.md.

    python tools/train/benchmark.py [--run DIR]     everything that is not done yet, then the page
    python tools/train/benchmark.py --report        only the page, from the committed results

One thread and fixed seeds. Each finished training leaves a file in <run>/results, so that a stopped run goes on.
"""

from __future__ import annotations

import argparse
import json
import time
from functools import cached_property

import numpy as np
import torch

import cache as caching
import paths
from experiment import document, features, store
from experiment.corrupted import Corrupted, corrupt, judge_corrupted
from experiment.features import FeatureSet
from experiment.fit import Statistics, fit
from experiment.judge import Oracle, judge
from experiment.plan import POOLED, SEED, SIDE, VLSM, Training, plan
from experiment.sampler import FeatureSampler, Wordless
from prompts import PaperPrompts, read_paper_prompts
from sets import REAL_SETS
from text import TextEncoder, whitening

Splits = dict[str, dict[str, list[str]]]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    paths.add_data_flags(parser)
    parser.add_argument("--report", action="store_true", help="only write the page")
    args = parser.parse_args()
    torch.set_num_threads(1)
    if not args.report:
        experiment(args)
    document.write(*store.read())


def experiment(args: argparse.Namespace) -> None:
    trainings = plan()
    results = args.run / "results"
    missing = [t for t in trainings if not (results / f"{t.key}.json").exists()]
    if missing:
        laboratory = Laboratory(args)
        for training in missing:
            store.save(results / f"{training.key}.json", laboratory.run(training))
            print(time.strftime("%H:%M:%S"), training.key, flush=True)
    store.gather(results, [t.key for t in trainings])


class Laboratory:
    """Features, splits and prompts, loaded once."""

    def __init__(self, args: argparse.Namespace) -> None:
        cached = caching.load(args.images, [], args.run / "cache", SIDE)
        self.splits: Splits = json.loads(paths.SPLITS.read_text())["sets"]
        self.sets = {s.name: features.load(args.run / "features" / s.name, cached[s.name], set(self.splits[s.name]["train"]), SEED)
                     for s in REAL_SETS}
        self.paper, self.text = read_paper_prompts(args.prompts), TextEncoder()
        self.statistics = prompt_statistics(self.sets, self.splits, self.paper)

    @cached_property
    def corrupted(self) -> list[Corrupted]:
        return corrupt(self.sets, self.splits)

    def run(self, training: Training) -> store.Facts:
        """Train and test once. Seconds are of the processor, training alone."""
        sets = {name: self.sets[name] for name in training.sets}
        text = self.text if training.architecture == VLSM else Wordless()
        sampler = FeatureSampler(sets, self.splits, self.paper, text, SEED, training)
        began = time.process_time()
        fitted = fit(training, sampler, self.statistics)
        seconds = time.process_time() - began
        oracle = Oracle(training, fitted.decoder, self.text)
        corrupted = judge_corrupted(oracle, self.corrupted) if training.name == POOLED else {}
        return {"training": training.name, "architecture": training.architecture, "repeat": training.repeat,
                "sets": training.sets, "samples": training.samples, "parameters": fitted.parameters, "curve": fitted.curve,
                "seconds": round(seconds, 1), "corrupted": corrupted,
                "rows": judge(training, oracle, self.sets, self.splits, self.paper)}


def prompt_statistics(sets: dict[str, FeatureSet], splits: Splits, paper: PaperPrompts) -> Statistics:
    """Mean and whitening of the tokens of prompts from all sets, the same for every training."""
    text = TextEncoder()
    sampler = FeatureSampler(sets, splits, paper, text, SEED, Training(POOLED, VLSM, tuple(sets)))
    for _ in range(60):
        sampler.draw_features(10)
    mean, matrix = whitening(np.concatenate(list(text.known.values())).astype(np.float32))
    return torch.from_numpy(mean), torch.from_numpy(matrix)


if __name__ == "__main__":
    main()
