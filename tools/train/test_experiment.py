"""python tools/train/test_experiment.py: decoders, packing of features, comparisons. No data needed."""

from __future__ import annotations

import tempfile
import unittest
from pathlib import Path

import numpy as np
import torch
from PIL import Image

import augment
from cache import CachedSet
from encoder import CHANNELS
from experiment.compare import over_sets, paired, points, verdict
from experiment.features import SHAPES, VALUES, FeatureSet, encode, frozen_encoder, unpack
from experiment.fit import CONVENTIONAL, decoder_of, unfold
from experiment.judge import Oracle, judge_image, stranger
from experiment.plan import ARCHITECTURES, VLSM, Training, classes_of, plan
from experiment.sampler import Wordless
from experiment.wordings import fixed
from prompts import Case
from sets import ALL_SETS

TEXT = (torch.zeros(384), torch.eye(384))


def pyramid(images: int) -> dict[str, torch.Tensor]:
    return {name: torch.randn(images, c, h, w) for name, (h, w, c) in SHAPES.items()}


def case(dataset: str, image: str, dice: float) -> dict:
    return {"dataset": dataset, "image": image, "group": image, "target": "polyp", "dice": dice}


class Decoders(unittest.TestCase):
    def test_conventional_ones_give_blocks_of_logits_and_presence_for_each_class(self) -> None:
        for name in CONVENTIONAL:
            decoder = decoder_of(Training("jsrt", name, ("jsrt",)), TEXT)
            coarse, presence = decoder(pyramid(2))
            self.assertEqual((coarse.shape, presence.shape), ((2, 5, 16, 64, 64), (2, 5)), name)
            self.assertEqual(unfold(coarse[:, 0], presence[:, 0]).shape, (2, 1, 256, 256))

    def test_the_vlsm_gives_one_mask_a_prompt(self) -> None:
        decoder = decoder_of(Training("jsrt", VLSM, ("jsrt",)), TEXT)
        logits, presence = decoder(pyramid(3), torch.randn(3, 7, 384), torch.ones(3, 7, dtype=torch.long))
        self.assertEqual((logits.shape, presence.shape), ((3, 1, 256, 256), (3,)))

    def test_sizes_are_alike(self) -> None:
        sizes = [sum(p.numel() for p in decoder_of(Training("x", a, ("jsrt",)), TEXT).parameters()) for a in ARCHITECTURES]
        self.assertLess(max(sizes), 1.6 * min(sizes))

    def test_the_same_seed_gives_the_same_weights(self) -> None:
        first, second = (decoder_of(Training("x", "U-Net++", ("jsrt",)), TEXT).state_dict() for _ in range(2))
        self.assertTrue(all(torch.equal(first[k], second[k]) for k in first))


class Features(unittest.TestCase):
    def test_packed_features_come_back_as_bf16(self) -> None:
        image = torch.rand(1, 3, 256, 256)
        encoder = frozen_encoder()
        packed = encode(encoder, image)
        self.assertEqual(packed.shape, (1, VALUES))
        with torch.no_grad(), torch.autocast("cpu", torch.bfloat16):
            wanted = encoder(augment.normalise(image).contiguous(memory_format=torch.channels_last))
        for name, got in unpack(packed).items():
            self.assertEqual(got.shape[1], CHANNELS[name])
            self.assertTrue(torch.equal(got, wanted[name].to(torch.bfloat16)), name)


class UpperHalf(Oracle):
    """Finds every structure in the upper half of the image."""

    def ask(self, pyramid: dict[str, torch.Tensor], questions: list[str]) -> np.ndarray:
        probabilities = np.zeros((len(questions), 256, 256), np.float32)
        probabilities[:, :128] = 1
        return probabilities


class Judging(unittest.TestCase):
    def test_an_image_is_judged_at_its_own_size_by_the_rule_of_prompts_without_a_class(self) -> None:
        drawn = np.zeros((40, 60), np.uint8)
        drawn[:20] = 255
        with tempfile.TemporaryDirectory() as name:
            folder = Path(name)
            Image.new("RGB", (60, 40)).save(folder / "x.jpg")
            Image.fromarray(drawn).save(folder / "x.png")
            cached = CachedSet(ALL_SETS["kvasir-seg"], ["x"], ["polyp"], np.zeros((1, 256, 256, 3), np.uint8),
                               np.zeros((1, 1, 256, 256), np.uint8), np.array([[True]]), folder)
            features = FeatureSet(cached, [[0]], [False], np.zeros((1, VALUES), np.int16), cached.masks)
            for architecture in ARCHITECTURES:
                training = Training("kvasir-seg", architecture, ("kvasir-seg",))
                oracle = UpperHalf(training, decoder_of(training, TEXT), Wordless())
                [row] = judge_image(training, oracle, features, "x", {})
                self.assertEqual((row["prompted"], row["dice"], row["trueFraction"], row["foundFraction"]),
                                 ("polyp", 1.0, 0.5, 0.5), architecture)


class Comparisons(unittest.TestCase):
    def test_only_masks_of_both_are_paired(self) -> None:
        found = paired([case("a", "1", 0.9), case("a", "2", 0.5)], [case("a", "1", 0.7), case("b", "2", 0.1)])
        self.assertEqual(found, (0.2, 0.2, 0.2))
        self.assertEqual((points(found), verdict(found)), ("+20.0 [+20.0, +20.0]", 1))

    def test_sets_count_alike_however_many_masks_they_have(self) -> None:
        first = [case("a", str(n), 0.8) for n in range(9)] + [case("b", "1", 0.4)]
        second = [case("a", str(n), 0.6) for n in range(9)] + [case("b", "1", 0.6)]
        found = over_sets(first, second)
        assert found is not None
        self.assertAlmostEqual(found[0][0], 0.0)
        self.assertEqual((found[1:], verdict(found[0])), ((1, 2), 0))


class Words(unittest.TestCase):
    def test_fixed_kinds(self) -> None:
        mask = torch.zeros(256, 256).numpy()
        mask[:60, :60] = 1
        polyp = Case(ALL_SETS["kvasir-seg"], "x", "polyp", mask, False)
        self.assertEqual(fixed(polyp, "nothing"), "")
        self.assertEqual(fixed(polyp, "name"), "polyp")
        self.assertRegex(fixed(polyp, "sentence"), r"^one small polyp which .* located in top left of the image$")

    def test_strangers_are_of_no_family_that_the_image_may_show(self) -> None:
        asked = {stranger(ALL_SETS["jsrt"], str(n)) for n in range(200)}
        self.assertFalse(asked & {"left lung", "heart", "spine", "liver", "left ventricle", "tumor"})
        self.assertIn("polyp", asked)


class Plan(unittest.TestCase):
    def test_keys_are_unique(self) -> None:
        keys = [t.key for t in plan()]
        self.assertEqual(len(keys), len(set(keys)))

    def test_classes_of_several_sets_are_shared(self) -> None:
        self.assertEqual(classes_of(("kvasir-seg", "bkai-igh")), ["polyp"])


if __name__ == "__main__":
    unittest.main()
