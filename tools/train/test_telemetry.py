"""python tools/train/test_telemetry.py: ONNX Runtime reports to nobody. No data needed."""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
import unittest
from pathlib import Path

HERE = Path(__file__).resolve().parent
#: Where one of these is set, ONNX Runtime keeps quiet by itself or writes elsewhere.
UNSET = ("CI", "GITHUB_ACTIONS", "ORT_DISABLE_TELEMETRY", "XDG_CACHE_HOME")


class Telemetry(unittest.TestCase):
    def test_no_file_that_runs_graphs_leaves_an_identifier_in_the_home_folder(self) -> None:
        for module in ("text", "bundle", "export"):
            with self.subTest(module), tempfile.TemporaryDirectory() as home:
                kept = {name: value for name, value in os.environ.items() if name not in UNSET}
                subprocess.run([sys.executable, "-c", f"import {module}; from text import TextEncoder; TextEncoder().encode('polyp')"],
                               cwd=HERE, env=kept | {"HOME": home}, check=True)
                self.assertEqual(list(Path(home).rglob("*")), [])


if __name__ == "__main__":
    unittest.main()
