"""ONNX Runtime on one thread of the CPU, reporting to nobody."""

from __future__ import annotations

import os
from pathlib import Path

# Its telemetry is on by default: loaded without this, it keeps an identifier in ~/.cache/Microsoft and reports to Microsoft.
os.environ["ORT_DISABLE_TELEMETRY"] = "1"

import onnxruntime


def session(graph: Path | bytes) -> onnxruntime.InferenceSession:
    """`graph`: a file, or its content."""
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = 1
    return onnxruntime.InferenceSession(graph, options, providers=["CPUExecutionProvider"])
