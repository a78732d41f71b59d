"""python tools/train/test_arguments.py: what is said of folders and files that are not there. No data needed."""

from __future__ import annotations

import shutil
import subprocess
import sys
import tempfile
import unittest
from pathlib import Path

HERE = Path(__file__).resolve().parent


class MissingFiles(unittest.TestCase):
    def test_each_step_says_in_one_line_what_is_missing(self) -> None:
        with tempfile.TemporaryDirectory() as name:
            folder = Path(name)
            # A copy: whatever a step writes, the committed splits.json stays.
            steps = shutil.copytree(HERE, folder / "train", ignore=shutil.ignore_patterns("run", "results"))
            (folder / "images" / "ph2").mkdir(parents=True)
            (folder / "phantom-foot").mkdir()
            nowhere, some = ["--images", folder / "nowhere"], ["--images", folder / "images"]
            splits = (steps / "splits.json").read_bytes()
            for step, flags, complaint in (
                ("split.py", nowhere, f"--images {folder / 'nowhere'}: no folder of an image set"),
                ("train_unet.py", nowhere, f"--images {folder / 'nowhere'}: no folder of an image set"),
                ("train_unet.py", [*some, "--phantoms", folder / "phantom-foot"], "named phantom-cxr, phantom-ct, phantom-endoscopy"),
                ("train_unet.py", [*some, "--phantoms", folder / "phantom-ct"], f"--phantoms {folder / 'phantom-ct'}: must be a folder"),
                ("export.py", [], "run tools/train/train_vlsm.py with the same --run first"),
            ):
                with self.subTest(f"{step} {flags}"):
                    ran = subprocess.run([sys.executable, steps / step, "--run", folder / "run", *flags], capture_output=True, text=True)
                    self.assertEqual((ran.returncode, ran.stderr.count("\n")), (1, 1), ran.stderr)
                    self.assertIn(complaint, ran.stderr)
            self.assertEqual((steps / "splits.json").read_bytes(), splits)


if __name__ == "__main__":
    unittest.main()
