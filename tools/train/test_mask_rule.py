"""python tools/train/test_mask_rule.py: the same frames as shared/model/mask-rule.test.ts, by the same rules."""

import unittest

import numpy as np

from bundle import frame_threshold, mask_at
from calibrate import RULES, best

DOUBTFUL = np.array([0.95] * 100 + [0.3] * 100 + [1e-5] * 800, np.float32).reshape(20, 50)


class Rule(unittest.TestCase):
    def test_a_lower_threshold_only_where_it_pays(self) -> None:
        for temperature, pixels in ((None, 100), (1, 100), (2, 200)):
            rule = {"threshold": 0.5, "minAreaFraction": 0, **({"temperature": temperature} if temperature else {})}
            self.assertEqual(int((DOUBTFUL > frame_threshold(DOUBTFUL, rule)).sum()), pixels)

    def test_a_frame_without_a_pixel_above_the_threshold_is_empty(self) -> None:
        rule = {"threshold": 0.96, "minAreaFraction": 0, "temperature": 2}
        self.assertFalse(mask_at(DOUBTFUL, (50, 20), rule).any())

    def test_another_rule_must_be_worth_it_over_enough_groups(self) -> None:
        better = np.where(np.arange(len(RULES)) == 3, 0.9, 0.8)
        self.assertIs(best({str(g): [better] for g in range(20)}), RULES[3])
        self.assertIs(best({str(g): [better] for g in range(19)}), RULES[0])
        same = np.full(len(RULES), 0.8)
        self.assertIs(best({"a long film": [better] * 50, **{str(g): [same] for g in range(20)}}), RULES[0])


if __name__ == "__main__":
    unittest.main()
