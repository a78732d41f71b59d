"""How far our decoded pixels are from pydicom's: pixel-difference.py ORACLE.py DATA OURS < lines of paths

Decodes each file as the oracle's own tool does and compares it with OURS/<number of the line>.raw; prints one line of
JSON a file: largest difference, and samples that differ by more than 1.
"""
import importlib.util
import json
import os
import sys

import numpy as np
import pydicom

oracle_file, data, ours = sys.argv[1:4]
spec = importlib.util.spec_from_file_location("oracle", oracle_file)
oracle = importlib.util.module_from_spec(spec)
spec.loader.exec_module(oracle)

for number, line in enumerate(sys.stdin):
    path = os.path.join(data, line.strip())
    try:
        theirs, decoder = oracle.decode(pydicom.dcmread(path, force=True), path)
        mine = np.fromfile(os.path.join(ours, f"{number}.raw"), dtype=theirs.dtype.newbyteorder("<"))
        difference = np.abs(mine.astype("i8") - theirs.reshape(-1).astype("i8"))
        answer = {"most": int(difference.max()), "over1": int((difference > 1).sum()), "samples": int(mine.size), "decoder": decoder}
    except Exception as error:  # noqa: BLE001 - the reason is the answer
        answer = {"error": f"{type(error).__name__}: {error}"[:120]}
    print(json.dumps(answer), flush=True)
