"""python tools/train/test_mask_rule.py: the same frames as in mask-rule.test.ts and logits.test.ts of shared/model, by the same rules."""

import unittest

import numpy as np

from bundle import ellipse_of, frame_threshold, mask_at
from calibrate import RULES, best, rule_of

DOUBTFUL = np.array([0.95] * 100 + [0.3] * 100 + [1e-5] * 800, np.float32).reshape(20, 50)


class Rule(unittest.TestCase):
    def test_a_lower_threshold_only_where_it_pays(self) -> None:
        for temperature, pixels in ((None, 100), (1, 100), (2, 200)):
            rule = {"threshold": 0.5, "minAreaFraction": 0, **({"temperature": temperature} if temperature else {})}
            self.assertEqual(int((DOUBTFUL > frame_threshold(DOUBTFUL, rule)).sum()), pixels)

    def test_a_frame_without_a_pixel_above_the_threshold_is_empty(self) -> None:
        rule = {"threshold": 0.96, "minAreaFraction": 0, "temperature": 2}
        self.assertFalse(mask_at(DOUBTFUL, (50, 20), rule).any())

    def test_a_coarser_frame_that_misses_all_above_the_threshold_is_empty(self) -> None:
        frame = np.full((8, 8), 0.4, np.float32)
        frame[1, 1] = 0.6
        rule = {"threshold": 0.5, "minAreaFraction": 0, "temperature": 1}
        self.assertEqual([int(mask_at(frame, (side, side), rule).sum()) for side in (8, 2)], [64, 0])

    def test_the_area_is_what_is_above_the_threshold_not_what_a_temperature_adds(self) -> None:
        frame = np.array([0.6] * 4 + [0.4] * 36 + [0.001] * 60, np.float32).reshape(10, 10)
        drawn = [int(mask_at(frame, (10, 10), {"threshold": 0.5, "minAreaFraction": least, "temperature": 1}).sum()) for least in (0, 0.04, 0.05)]
        self.assertEqual(drawn, [40, 40, 0])

    def test_another_rule_must_be_worth_it_over_enough_groups(self) -> None:
        better = np.where(np.arange(len(RULES)) == 3, 0.9, 0.8)
        self.assertIs(best({str(g): [better] for g in range(20)}), RULES[3])
        self.assertIs(best({str(g): [better] for g in range(19)}), RULES[0])
        same = np.full(len(RULES), 0.8)
        self.assertIs(best({"a long film": [better] * 50, **{str(g): [same] for g in range(20)}}), RULES[0])

    def test_a_shape_is_the_ellipse_of_the_largest_piece(self) -> None:
        square = np.pad(np.ones((7, 7), np.float32), 1)
        rule = {"threshold": 0.5, "minAreaFraction": 0, "shape": "ellipse"}
        mask = mask_at(square, (9, 9), rule)
        self.assertEqual([mask[1, 1], mask[0, 4], mask[4, 4]], [False, True, True])
        beside = np.pad(mask, ((0, 0), (0, 3)))
        beside[:, -1] = True
        self.assertTrue((ellipse_of(beside)[:, :9] == ellipse_of(mask)).all())
        self.assertFalse(ellipse_of(np.zeros((4, 4), bool)).any())

    def test_only_what_people_draw_as_an_ellipse_is_one(self) -> None:
        self.assertEqual(rule_of("fetal-ultrasound/fetal head", None, 0.1), RULES[0] | {"minAreaFraction": 0.1, "shape": "ellipse"})
        self.assertNotIn("shape", rule_of("polyp/polyp", None, 0.1))


if __name__ == "__main__":
    unittest.main()
