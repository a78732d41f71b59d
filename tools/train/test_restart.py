"""python tools/train/test_restart.py: a bundle's graphs become a model again. No data needed."""

from __future__ import annotations

import tempfile
import unittest
from pathlib import Path

import numpy as np
import onnx
import torch
from torch import Tensor, nn

import paths
import restart
from bundle import Pose, posed
from export import UNET, example, export, export_conventional
from graphs import PYRAMID, ConventionalDecoderGraph, DecoderGraph, ImageGraph
from model import Conventional, Vlsm


class Restart(unittest.TestCase):
    def test_the_conventional_model_answers_as_its_graph(self) -> None:
        model, pixels = used(Conventional()), example(1, 3)[0]
        with tempfile.TemporaryDirectory() as folder:
            export_conventional(model, {}, Path(folder))
            again = Conventional()
            restart.take(again, [onnx.load(str(Path(folder) / f"{name}.onnx")) for name in ("image", "decoder")])
        seen, graph = ImageGraph(again).eval()(pixels), ConventionalDecoderGraph
        self.assert_same(ImageGraph(model).eval()(pixels), seen)
        self.assert_same((graph(model).eval()(*seen[:-1]),), (graph(again).eval()(*seen[:-1]),))

    def test_the_model_that_reads_prompts_answers_as_its_graphs(self) -> None:
        model, (pixels, tokens, mask) = used(Vlsm()), example(2, 5)
        features = ImageGraph(model).eval()(pixels)
        with tempfile.TemporaryDirectory() as folder:
            image, decoder = Path(folder) / "image.onnx", Path(folder) / "decoder.onnx"
            export(ImageGraph(model).eval(), (pixels,), ["pixel_values"], [*PYRAMID, "pooled"], image)
            export(DecoderGraph(model).eval(), (*features[:-1], tokens, mask), [*PYRAMID, "tokens", "attention_mask"],
                   ["logits"], decoder)
            again = Vlsm()
            restart.take(again, [onnx.load(str(image)), onnx.load(str(decoder))])
        seen = ImageGraph(again).eval()(pixels)
        self.assert_same(features, seen)
        self.assert_same((DecoderGraph(model).eval()(*features[:-1], tokens, mask),),
                         (DecoderGraph(again).eval()(*seen[:-1], tokens, mask),))

    def test_graphs_of_another_model_are_refused(self) -> None:
        with self.assertRaisesRegex(ValueError, "not in the graphs"):
            restart.take(Conventional(), [onnx.helper.make_model(onnx.helper.make_graph([], "none", [], []))])

    def test_measured_norms_change_no_answer_and_hold_the_statistics_of_what_was_seen(self) -> None:
        torch.manual_seed(3)
        model, x = nn.Sequential(nn.Conv2d(3, 4, 1), nn.BatchNorm2d(4)), torch.randn(8, 3, 6, 6) * 3 + 1
        norm = model[1]
        norm.running_mean.uniform_(-1, 1), norm.running_var.uniform_(0.5, 2), nn.init.uniform_(norm.weight)
        before = model.eval()(x)
        restart.measure_norms(model, lambda: model(x))
        self.assert_same((before,), (model(x),))
        seen = model[0](x)
        torch.testing.assert_close(norm.running_mean, seen.mean((0, 2, 3)))
        torch.testing.assert_close(norm.running_var, seen.var((0, 2, 3), correction=0))

    def test_facts_of_the_training_come_along(self) -> None:
        facts = restart.facts_of(paths.REPOSITORY / "models" / UNET)
        self.assertEqual(facts["images"]["hc18"], 132)
        self.assertEqual({type(facts["seed"]), type(facts["date"])}, {int, str})

    def test_names_of_modules(self) -> None:
        for node, module in (("/encoder/blocks.0/_depthwise_conv/Conv", "encoder.blocks.0._depthwise_conv"),
                             ("/unet/up16/first/first.0/Conv", "unet.up16.first.0"),
                             ("/vlsm/attention.1/mlp/mlp.2/MatMul", "vlsm.attention.1.mlp.2")):
            self.assertEqual(restart.module_of(node), module)

    @torch.no_grad()
    def assert_same(self, wanted: tuple[Tensor, ...], got: tuple[Tensor, ...]) -> None:
        """As far as weights stored as float16 allow."""
        for one, other in zip(wanted, got, strict=True):
            self.assertLess(float((one - other).abs().max() / one.abs().max().clamp(min=1)), 2e-2)


class Poses(unittest.TestCase):
    def test_each_undoes_itself(self) -> None:
        image = np.arange(48, dtype=np.uint8).reshape(4, 4, 3)
        for pose in (Pose(), Pose(mirrored=True), Pose(turned=True), Pose(mirrored=True, turned=True)):
            self.assertTrue((posed(posed(image, pose), pose) == image).all())

    def test_words_that_name_a_place_hold_only_where_it_stays(self) -> None:
        for words, mirrored, turned, both in (("polyp", True, True, True), ("left lung", False, False, True),
                                              ("polyp at the top", True, False, False)):
            self.assertEqual((Pose(True, False).holds(words), Pose(False, True).holds(words), Pose(True, True).holds(words)),
                             (mirrored, turned, both), words)


@torch.no_grad()
def used(model: nn.Module) -> nn.Module:
    """As after training: no two weights alike (export keeps one of two that are), norms that do something."""
    torch.manual_seed(1)
    for parameter in model.parameters():
        parameter.add_(torch.randn_like(parameter) * 0.01)
    for module in model.modules():
        if isinstance(module, nn.BatchNorm2d):
            module.running_mean.normal_(0, 0.1), module.running_var.uniform_(0.8, 1.2)
            nn.init.uniform_(module.weight, 0.8, 1.2), nn.init.normal_(module.bias, 0, 0.1)
    return model.eval()


if __name__ == "__main__":
    unittest.main()
