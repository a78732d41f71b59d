"""python tools/train/test_mean.py: the mean of several checkpoints. No data needed."""

from __future__ import annotations

import unittest

import torch
from torch import nn

import mean


class Mean(unittest.TestCase):
    def test_weights_are_averaged_and_counts_are_the_firsts(self) -> None:
        got = mean.mean([{"w": torch.tensor([1.0, 2.0]), "count": torch.tensor(3)},
                         {"w": torch.tensor([3.0, 6.0]), "count": torch.tensor(9)}])
        self.assertEqual(got["w"].tolist(), [2, 4])
        self.assertEqual(got["count"].item(), 3)

    def test_norms_hold_what_they_saw_and_their_scale_stays(self) -> None:
        torch.manual_seed(3)
        model = nn.Sequential(nn.Conv2d(3, 4, 1), nn.BatchNorm2d(4))
        norm = model[1]
        norm.running_mean.fill_(7), nn.init.uniform_(norm.weight)
        scale, batches = norm.weight.clone(), iter(torch.randn(mean.BATCHES, 8, 3, 6, 6) * 3 + 1)
        seen: list[torch.Tensor] = []

        def answer() -> None:
            x = next(batches)
            seen.append(model[0](x))
            model(x)

        mean.measure(model, answer)
        torch.testing.assert_close(norm.running_mean, torch.stack(seen).mean((0, 1, 3, 4)))
        self.assertEqual((norm.momentum, model.training, norm.weight.tolist()), (0.1, False, scale.tolist()))

    def test_steady_norms_are_left_alone(self) -> None:
        class Steady(nn.BatchNorm2d):
            def train(self, mode: bool = True) -> "Steady":
                return super().train(False)

        model = nn.Sequential(Steady(3))
        mean.measure(model, lambda: model(torch.randn(4, 3, 2, 2) + 5))
        self.assertEqual(model[0].running_mean.tolist(), [0, 0, 0])


if __name__ == "__main__":
    unittest.main()
