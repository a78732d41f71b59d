"""python tools/train/test_both_sides.py: an exam is on one side of a split, and what is on both is told. No data needed."""

from __future__ import annotations

import unittest

import numpy as np

from both_sides import both_sides_text, committed, counts, unseen
from groups import EXAMS, group_of
from split import split_groups

#: Two frames of one exam, and one of another, of the committed table.
FIRST, SAME, OTHER = "114_malignant", "14_malignant", "62_benign"
HELD_APART = {"busi": {"train": [OTHER], "calibration": [], "test": [FIRST, SAME]}}
DIVIDED = {"busi": {"train": [SAME, OTHER], "calibration": [], "test": [FIRST, "1_benign"]}}


def row(image: str, dice: float) -> dict:
    return {"dataset": "busi", "image": image, "bundle": "starter-vlsm", "promptType": "name", "prompted": "tumor",
            "target": "tumor", "dice": dice, "trueFraction": 0.1}


class Exams(unittest.TestCase):
    def test_the_table_names_images_of_the_splits(self) -> None:
        splits = committed()
        for name, exams in EXAMS.items():
            self.assertLessEqual(set(exams), {i for ids in splits[name].values() for i in ids})

    def test_a_new_split_keeps_each_exam_in_one_part(self) -> None:
        splits = committed()
        for name, exams in EXAMS.items():
            ids = sorted(i for part in splits[name].values() for i in part)
            for seed in range(5):
                parts = split_groups(ids, [group_of(name, i) for i in ids], np.random.default_rng(seed))
                self.assertEqual(sorted(i for part in parts.values() for i in part), ids)
                sides = {(exams[i], part) for part, found in parts.items() for i in found if i in exams}
                self.assertEqual(len(sides), len(set(exams.values())), f"{name}, seed {seed}")


class BothSides(unittest.TestCase):
    def test_counts_images_whose_exam_was_trained_on(self) -> None:
        self.assertEqual(counts(DIVIDED), "busi 1 of 2 test and 0 of 0 calibration images")
        self.assertEqual(counts(HELD_APART), "")

    def test_leaves_their_rows_out(self) -> None:
        rows = [row(FIRST, 0.9), row("1_benign", 0.5)]
        self.assertEqual(unseen(rows, DIVIDED), rows[1:])
        self.assertEqual(unseen(rows, HELD_APART), rows)

    def test_gives_the_dice_of_these_and_of_the_others(self) -> None:
        text = both_sides_text([row(FIRST, 0.9), row("1_benign", 0.5)], DIVIDED)
        self.assertIn("| 0.700 [0.500, 0.900] (2) | 0.900 [0.900, 0.900] (1) | 0.500 [0.500, 0.500] (1) |", text)
        self.assertEqual(both_sides_text([row(FIRST, 0.9)], HELD_APART), "None is known.")


if __name__ == "__main__":
    unittest.main()
