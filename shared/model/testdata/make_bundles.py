"""Bundles with graphs of a few nodes, so that tests can compute by hand what must come out.

    python shared/model/testdata/make_bundles.py

tiny-vlsm, 8 x 8: f2 = mean of 2 x 2 pixels; tokens = a table's rows; logits = mean over the
channels of f2, doubled in size, + the mean over tokens and features.
tiny-unet, 8 x 8: logits = the three normalised channels. pooled = mean of each channel in all.
tiny-split, 8 x 8: f2 as in tiny-vlsm; logits = f2, doubled in size; for chest-xray their negative.
not-a-number.onnx has tiny-unet's names, and logits = sqrt(pixel_values): NaN where a pixel is dark.
external-weights.onnx and external-constant.onnx keep a matrix in a file weights.bin, which is not there.
"""

import hashlib
import json
from pathlib import Path

import numpy as np
import onnx
from onnx import TensorProto, helper, numpy_helper

HERE = Path(__file__).parent
SIDE, WORDS = 8, ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "left", "right", "lung", "heart"]


def save(path: Path, nodes: list, inputs: list, outputs: list, constants: dict[str, np.ndarray]) -> None:
    values = [numpy_helper.from_array(value, name) for name, value in constants.items()]
    graph = helper.make_graph(nodes, path.stem, inputs, outputs, values)
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=8)
    onnx.checker.check_model(model)
    path.write_bytes(model.SerializeToString())


def floats(name: str, *dims: int | str):
    return helper.make_tensor_value_info(name, TensorProto.FLOAT, dims)


def integers(name: str, *dims: int | str):
    return helper.make_tensor_value_info(name, TensorProto.INT64, dims)


def node(kind: str, inputs: str, output: str, **attributes):
    return helper.make_node(kind, inputs.split(" "), [output], **attributes)


POOL = [node("ReduceMean", "pixel_values", "pooled", axes=[2, 3], keepdims=0)]
PIXELS, POOLED = floats("pixel_values", "n", 3, SIDE, SIDE), floats("pooled", "n", 3)


def vlsm(folder: Path) -> None:
    table = np.arange(len(WORDS) * 2, dtype=np.float32).reshape(-1, 2) / 10
    save(folder / "text.onnx",
         [node("Gather", "table input_ids", "rows"),
          node("Add", "attention_mask token_type_ids", "sum"),
          node("Cast", "sum", "ones", to=TensorProto.FLOAT), node("Unsqueeze", "ones last", "weights"),
          node("Mul", "rows weights", "last_hidden_state")],
         [integers(n, "n", "t") for n in ("input_ids", "attention_mask", "token_type_ids")],
         [floats("last_hidden_state", "n", "t", 2)], {"table": table, "last": np.array([2])})
    image(folder / "image.onnx")
    save(folder / "decoder.onnx",
         [node("ReduceMean", "f2", "grey", axes=[1], keepdims=1),
          helper.make_node("Resize", ["grey", "", "scales"], ["large"], mode="nearest"),
          node("Cast", "attention_mask", "mask", to=TensorProto.FLOAT), node("Unsqueeze", "mask last", "weights"),
          node("Mul", "tokens weights", "kept"),
          node("ReduceMean", "kept", "flat", axes=[1, 2], keepdims=1), node("Unsqueeze", "flat last", "word"),
          node("Add", "large word", "logits")],
         [floats("f2", "n", 3, SIDE // 2, SIDE // 2), floats("tokens", "n", "t", 2), integers("attention_mask", "n", "t")],
         [floats("logits", "n", 1, SIDE, SIDE)],
         {"scales": np.array([1, 1, 2, 2], np.float32), "last": np.array([2])})


def conventional(path: Path, kind: str) -> None:
    save(path, [node(kind, "pixel_values", "logits"), *POOL], [PIXELS], [floats("logits", "n", 3, SIDE, SIDE), POOLED], {})


def split(folder: Path) -> None:
    image(folder / "image.onnx")
    for name, sign in (("decoder", 1), ("decoder-chest-xray", -1)):
        save(folder / f"{name}.onnx",
             [helper.make_node("Resize", ["f2", "", "scales"], ["large"], mode="nearest"), node("Mul", "large sign", "logits")],
             [floats("f2", "n", 3, SIDE // 2, SIDE // 2)], [floats("logits", "n", 3, SIDE, SIDE)],
             {"scales": np.array([1, 1, 2, 2], np.float32), "sign": np.array([sign], np.float32)})


def image(path: Path) -> None:
    save(path, [node("AveragePool", "pixel_values", "f2", kernel_shape=[2, 2], strides=[2, 2]), *POOL],
         [PIXELS], [floats("f2", "n", 3, SIDE // 2, SIDE // 2), POOLED], {})


def external() -> None:
    """logits = pixel_values x a matrix in another file: as an initializer, and inside a branch of an If."""
    matrix = TensorProto(name="matrix", data_type=TensorProto.FLOAT, dims=[SIDE, SIDE], data_location=TensorProto.EXTERNAL)
    matrix.external_data.add(key="location", value="weights.bin")
    save_unchecked("external-weights", [node("MatMul", "pixel_values matrix", "logits"), *POOL], [matrix])
    constant = helper.make_node("Constant", [], ["matrix"])
    constant.attribute.append(onnx.AttributeProto(name="value", type=onnx.AttributeProto.TENSOR, t=matrix))
    branch = helper.make_graph([constant, node("MatMul", "pixel_values matrix", "out")], "branch", [], [floats("out", "n", 3, SIDE, SIDE)])
    yes = helper.make_tensor("yes", TensorProto.BOOL, [], [True])
    choice = helper.make_node("If", ["yes"], ["logits"], then_branch=branch, else_branch=branch)
    save_unchecked("external-constant", [choice, *POOL], [yes])


def save_unchecked(name: str, nodes: list, values: list) -> None:
    """ONNX's checker would look for weights.bin."""
    graph = helper.make_graph(nodes, name, [PIXELS], [floats("logits", "n", 3, SIDE, SIDE), POOLED], values)
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=8)
    (HERE / f"{name}.onnx").write_bytes(model.SerializeToString())


def tokenizer() -> dict:
    special = {name: {"id": name, "ids": [WORDS.index(name)], "tokens": [name]} for name in ("[CLS]", "[SEP]")}
    mark = lambda name: {"SpecialToken": {"id": name, "type_id": 0}}
    text = {"Sequence": {"id": "A", "type_id": 0}}
    return {
        "version": "1.0", "truncation": {"max_length": 4, "strategy": "LongestFirst", "stride": 0, "direction": "Right"},
        "padding": {"strategy": {"Fixed": 16}, "direction": "Right", "pad_to_multiple_of": None, "pad_id": 0,
                    "pad_type_id": 0, "pad_token": "[PAD]"},
        "added_tokens": [{"id": i, "content": w, "single_word": False, "lstrip": False, "rstrip": False,
                          "normalized": False, "special": True} for i, w in enumerate(WORDS[:4])],
        "normalizer": {"type": "BertNormalizer", "clean_text": True, "handle_chinese_chars": True,
                       "strip_accents": None, "lowercase": True},
        "pre_tokenizer": {"type": "BertPreTokenizer"},
        "post_processor": {"type": "TemplateProcessing", "single": [mark("[CLS]"), text, mark("[SEP]")],
                           "pair": [text], "special_tokens": special},
        "decoder": {"type": "WordPiece", "prefix": "##", "cleanup": True},
        "model": {"type": "WordPiece", "unk_token": "[UNK]", "continuing_subword_prefix": "##",
                  "max_input_chars_per_word": 100, "vocab": {w: i for i, w in enumerate(WORDS)}},
    }


def described(path: Path) -> dict:
    content = path.read_bytes()
    return {"file": path.name, "sha256": hashlib.sha256(content).hexdigest(), "bytes": len(content)}


def write_manifest(folder: Path, kind: str, graphs: list[str]) -> None:
    domain = {"dim": 3, "mean": [0, 0, 0], "projection": [[1, 0, 0], [0, 1, 0]],
              "quantiles": [i / 100 for i in range(101)], "near": 1, "far": 2}
    (folder / "domain-chest-xray.json").write_text(json.dumps(domain) + "\n")
    channel = {"channel": 0} if kind == "conventional" else {}
    own = folder / "decoder-chest-xray.onnx"
    decoder = {"decoder": described(own)} if own.exists() else {}
    manifest = {
        "schema": "maskwright.bundle/1", "id": folder.name, "version": "1.0.0", "kind": kind,
        "architecture": "a few nodes for tests", "researchUseOnly": True, "licence": "Apache-2.0",
        "graphs": {name: described(folder / f"{name}.onnx") for name in graphs},
        "input": {"width": SIDE, "height": SIDE, "channels": 3, "resize": "squash",
                  "mean": [127, 127, 127], "std": [128, 128, 128]},
        "classes": [{"name": "heart", "family": "chest-xray", "threshold": 0.6, "minAreaFraction": 0.1, **channel}],
        "domain": {"chest-xray": {"modalities": ["CR", "DX"], **decoder, "feature": described(folder / "domain-chest-xray.json")}},
        "metrics": [],
        "training": {"data": [], "minutes": 0, "seed": 0, "date": "2026-11-24", "code": "shared/model/testdata"},
        "notes": [],
    }
    if kind == "vlsm":
        (folder / "tokenizer.json").write_text(json.dumps(tokenizer()) + "\n")
        manifest["tokenizer"] = described(folder / "tokenizer.json") | {"maxTokens": 6}
    (folder / "manifest.json").write_text(json.dumps(manifest, indent=1) + "\n")


def main() -> None:
    words, unet, families = HERE / "models/tiny-vlsm", HERE / "models/tiny-unet", HERE / "split/tiny-split"
    for folder in (words, unet, families):
        folder.mkdir(parents=True, exist_ok=True)
    vlsm(words)
    split(families)
    conventional(unet / "whole.onnx", "Identity")
    conventional(HERE / "not-a-number.onnx", "Sqrt")
    external()
    write_manifest(words, "vlsm", ["text", "image", "decoder"])
    write_manifest(unet, "conventional", ["whole"])
    write_manifest(families, "conventional", ["image", "decoder"])


if __name__ == "__main__":
    main()
