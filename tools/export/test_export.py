"""What the fixtures do not show. Needs the packages of requirements.txt; seconds, without the network.

    python -m unittest discover -s tools/export
"""

from __future__ import annotations

import contextlib
import io
import json
import os
import subprocess
import sys
import tempfile
import unittest
from pathlib import Path
from unittest import mock

import segmentation_models_pytorch as smp
import torch
from tokenizers import Tokenizer

import clipseg
import cris_graphs
import fixtures
import main
from case import example_images, expected_logits
from cris import Projector
from tokenizers_of import bert_tokenizer, bert_vocabulary, clip_merges, clip_tokenizer
from weights import SEED, load, without_prefix

STRINGS = ("left lung", "One  small, round; polyp's 23 mm", "Épithélium  naïve", "heart\n and\tlungs", "100% (a-b) [x]", "",
           "don't we'll", "a photo of a cat.")


class Checkpoints(unittest.TestCase):
    def setUp(self) -> None:
        torch.manual_seed(SEED)
        self.model = fixtures.tiny_cris()
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = Path(folder.name)

    def logits(self, model):
        return expected_logits(model, example_images(64), fixtures.PROMPTS)

    def reloaded(self, file: Path):
        torch.manual_seed(SEED + 1)
        return cris_graphs.build(file, self.model.words, fixtures.TINY_CRIS)

    def test_a_state_dict_gives_the_same_model_also_in_a_training_frameworks_wrapper(self) -> None:
        state = self.model.network.state_dict()
        for number, wrapped in enumerate((state, {"state_dict": {f"net.{k}": v for k, v in state.items()}},
                                          {"epoch": 3, "state_dict": {f"module.{k}": v for k, v in state.items()}})):
            file = self.folder / f"{number}.pth"
            torch.save(wrapped, file)
            self.assertEqual(abs(self.logits(self.reloaded(file)) - self.logits(self.model)).max(), 0)

    def test_a_checkpoint_of_another_model_is_refused_by_name(self) -> None:
        file = self.folder / "other.pt"
        torch.save({"neck.unknown": torch.zeros(1)}, file)
        with self.assertRaisesRegex(SystemExit, "parameters are missing .*1 are unknown .neck.unknown"):
            self.reloaded(file)

    def test_a_pickle_that_holds_code_is_not_run(self) -> None:
        file = self.folder / "code.pt"
        torch.save(Path("anything but tensors"), file)
        with self.assertRaises(Exception):
            load(self.model.network, file)

    def test_a_folder_of_save_pretrained_is_read_with_its_configuration(self) -> None:
        model = fixtures.tiny_clipseg()
        model.network.save_pretrained(self.folder)
        images = example_images(48)
        again = clipseg.build(self.folder, model.words, 48)
        found, wanted = (expected_logits(m, images, fixtures.PROMPTS) for m in (again, model))
        self.assertLess(abs(found - wanted).max(), 1e-5)

    def test_a_prefix_is_taken_off_only_where_every_key_has_it(self) -> None:
        state = {"model.a": torch.zeros(1), "b": torch.zeros(1)}
        self.assertEqual(set(without_prefix(state, {"a"})), set(state))


class CommandLine(unittest.TestCase):
    def setUp(self) -> None:
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = Path(folder.name)

    def test_what_cannot_become_a_bundle_is_refused_before_a_model_is_built(self) -> None:
        for name, content in (("cut.json", '{"licence": '), ("list.json", "[]"), ("latin.json", '{"licence": "\xe9"}')):
            (self.folder / name).write_text(content, "latin-1")
        cards = {name: ["--random", "--out", "m", "--card", f"{self.folder}/{name}.json"] for name in ("cut", "list", "latin", "none")}
        for flags, complaint in (
            (["--checkpoint", "nope.pth", "--out", "m"], "argument --checkpoint: nope.pth is not there"),
            (["--checkpoint", str(self.folder), "--out", "m"], "is a folder, and cris takes a file"),
            (["--random", "--out", "m", "--tokenizer", "nope.json"], "argument --tokenizer: nope.json is not there"),
            (["--random", "--out", "m x"], "argument --out: the folder's name 'm x' cannot be a bundle's id"),
            (["--random", "--out", "models/.hidden"], "argument --out: the folder's name '.hidden'"),
            (["--random", "--out", "m" * 65], "argument --out: the folder's name"),
            (cards["cut"], "cut.json cannot be read as JSON"),
            (cards["latin"], "latin.json cannot be read as JSON"),
            (cards["none"], "none.json cannot be read as JSON"),
            (cards["list"], "list.json must hold a JSON object"),
        ):
            with self.subTest(flags), contextlib.redirect_stderr(io.StringIO()) as said, mock.patch("main.build") as build, \
                    mock.patch("sys.argv", ["main.py", "--architecture", "cris", *flags]):
                with self.assertRaises(SystemExit) as ended:
                    main.main()
                self.assertEqual((ended.exception.code, build.called), (2, False))
                self.assertIn(complaint, said.getvalue())

    def test_a_bundle_gets_its_folders_name_and_what_the_card_says(self) -> None:
        (self.folder / "card.json").write_text('{"licence": "CC BY 4.0"}', "utf-8")
        out = self.folder / "CRIS-Polyps_1.0"
        flags = ["--architecture", "cris", "--random", "--out", str(out), "--card", str(self.folder / "card.json")]
        with mock.patch("main.build", return_value=fixtures.tiny_cris()), mock.patch("sys.argv", ["main.py", *flags]), \
                contextlib.redirect_stdout(io.StringIO()):
            main.main()
        manifest = json.loads((out / "manifest.json").read_text("utf-8"))
        self.assertEqual((manifest["id"], manifest["licence"]), ("CRIS-Polyps_1.0", "CC BY 4.0"))


class Telemetry(unittest.TestCase):
    def test_the_comparison_of_runtimes_leaves_no_identifier_in_the_home_folder(self) -> None:
        # Where one of these is set, ONNX Runtime keeps quiet by itself or writes elsewhere.
        unset = ("CI", "GITHUB_ACTIONS", "ORT_DISABLE_TELEMETRY", "XDG_CACHE_HOME")
        kept = {name: value for name, value in os.environ.items() if name not in unset}
        with tempfile.TemporaryDirectory() as home:
            subprocess.run([sys.executable, "-c", "import agreement"], cwd=Path(__file__).parent, env=kept | {"HOME": home}, check=True)
            self.assertEqual([str(found) for found in Path(home).rglob("*") if "Microsoft" in found.parts], [])


class Tokenizers(unittest.TestCase):
    def test_clip_gives_the_ids_of_open_clip(self) -> None:
        from open_clip.tokenizer import SimpleTokenizer
        ours, theirs = Tokenizer.from_str(clip_tokenizer(clip_merges()).decode()), SimpleTokenizer()
        for text in STRINGS:
            with self.subTest(text):
                self.assertEqual(ours.encode(text).ids, [theirs.sot_token_id, *theirs.encode(text), theirs.eot_token_id])

    def test_bert_marks_start_and_end(self) -> None:
        ids = Tokenizer.from_str(bert_tokenizer(bert_vocabulary()).decode()).encode("left lung").ids
        self.assertEqual(ids, [101, 2187, 11192, 102])


class Cris(unittest.TestCase):
    def test_nine_shifts_are_the_convolution_of_the_paper(self) -> None:
        torch.manual_seed(SEED)
        projector, x, sentence = Projector(8, 6).eval(), torch.randn(3, 8, 5, 5), torch.randn(3, 6)
        with torch.no_grad():
            self.assertLess((projector(x, sentence) - projector.any_batch(x, sentence)).abs().max(), 1e-5)

    def test_names_of_parameters_are_those_of_the_public_checkpoints(self) -> None:
        names = set(fixtures.tiny_cris().network.state_dict())
        for name in ("backbone.visual.layer1.0.downsample.0.weight", "backbone.visual.attnpool.connect.1.running_mean",
                     "backbone.transformer.resblocks.0.attn.in_proj_weight", "backbone.transformer.resblocks.1.mlp.c_fc.bias",
                     "neck.txt_proj.1.weight", "neck.f4_proj5.0.weight", "neck.coordconv.0.conv1.0.weight",
                     "decoder.layers.0.multihead_attn.out_proj.weight", "decoder.layers.1.ffn.4.bias", "proj.vis.4.bias",
                     "proj.txt.weight"):
            self.assertIn(name, names)


class Conventional(unittest.TestCase):
    def test_true_networks_are_the_librarys(self) -> None:
        model = fixtures.tiny("unetplusplus")()
        self.assertIsInstance(model.network, smp.UnetPlusPlus)


if __name__ == "__main__":
    unittest.main()
