"""python tools/train/test_codes.py: codes of classes. No data needed."""

from __future__ import annotations

import re
import tempfile
import unittest
from pathlib import Path

from codes import UNASKED, class_codes, code_of, with_code
from sets import ALL_SETS, family_classes


class Codes(unittest.TestCase):
    def test_every_class_has_a_code(self) -> None:
        codes = class_codes()
        for family in sorted({one.family for one in ALL_SETS.values()}):
            for name in family_classes(family):
                code = code_of(family, name, codes)
                self.assertIsNotNone(code, f"{family}/{name}")
                self.assertRegex(code["value"], r"^\d{6,16}$")
                self.assertIn(code["scheme"], ("SCT", "DCM"))
                self.assertLessEqual(len(code["meaning"]), 64)

    def test_a_task_has_the_last_word(self) -> None:
        self.assertEqual(class_codes()[("chest-xray", "left lung")],
                         {"scheme": "SCT", "value": "44029006", "meaning": "Left lung"})
        self.assertFalse({name for _, name in class_codes()} & set(UNASKED))

    def test_only_the_code_is_added(self) -> None:
        entry = {"name": "heart", "family": "chest-xray", "channel": 9, "threshold": 0.5, "minAreaFraction": 0.01}
        coded = with_code(entry, class_codes())
        self.assertEqual({key: value for key, value in coded.items() if key != "code"}, entry)
        self.assertEqual(list(coded)[:3], ["name", "family", "code"])
        self.assertEqual(with_code(coded, class_codes()), coded)
        unheard = {"name": "unheard of", "family": "chest-xray"}
        self.assertEqual(with_code(unheard, class_codes()), unheard)

    def test_two_tasks_that_disagree_are_refused(self) -> None:
        task = "family: polyp\ntargets:\n  - {{name: polyp, type: {{value: '{}', scheme: SCT, meaning: Polyp}}}}\n"
        with tempfile.TemporaryDirectory() as folder:
            for name, value in (("a", "68496003"), ("b", "41329004")):
                Path(folder, f"{name}.yaml").write_text(task.format(value))
            with self.assertRaisesRegex(ValueError, re.escape("b.yaml: polyp is")):
                class_codes(Path(folder))


if __name__ == "__main__":
    unittest.main()
