"""What belongs together: images of one patient, exam or sequence, by their names or by exams.json."""

from __future__ import annotations

import json
import re
from bisect import bisect_right
from collections.abc import Callable

from paths import HERE

#: First frame of each sequence of CVC-ClinicDB; (first, sequence) of CVC-ColonDB.
CLINICDB_STARTS = [1, 26, 51, 68, 79, 104, 127, 152, 178, 200, 206, 228, 253, 278, 298, 318, 343, 364, 384,
                   409, 429, 448, 467, 479, 504, 529, 547, 572, 592]
COLONDB_STARTS = [1, 39, 61, 77, 98, 149, 156, 204, 209, 264, 274, 301, 321, 341, 361]

#: Set -> image id -> number of its exam, where no name tells it; how it was read stands in the file.
EXAMS: dict[str, dict[str, int]] = json.loads((HERE / "exams.json").read_text())["sets"]

#: Part -> image ids.
Parts = dict[str, list[str]]


def group_of(set_name: str, image_id: str) -> str:
    """The patient, exam or sequence that an id or exams.json names, or the id itself."""
    if image_id in EXAMS.get(set_name, {}):
        return f"exam {EXAMS[set_name][image_id]}"
    if set_name == "cvc-clinicdb":
        return str(bisect_right(CLINICDB_STARTS, int(image_id)))
    if set_name == "cvc-colondb":
        return str(bisect_right(COLONDB_STARTS, int(image_id)))
    if set_name in ("acdc", "camus"):
        return image_id[:len("patient000") + (set_name == "camus")]
    if set_name == "lgg-mri":
        return "_".join(image_id.split("_")[:3])
    if set_name == "retina":
        return re.sub(r"[LR]$", "", image_id)
    if set_name == "covid-cxr":
        return covid_stem(image_id)
    if set_name == "phantom-ct":
        return image_id.rsplit("-", 1)[0]
    return image_id


def trained_on(name: str, parts: Parts) -> Callable[[str], bool]:
    """Does the training part hold an image of the same patient, exam or sequence."""
    known = {group_of(name, i) for i in parts["train"]}
    return lambda image_id: group_of(name, image_id) in known


def covid_stem(image_id: str) -> str:
    """Names of one case share a stem: cut day, figure and part marks from the end."""
    if image_id.startswith("SARS-"):
        return re.sub(r"(a?-Fig|b-Fig|-Fig).*$", "", image_id)[:len("SARS-10-1148rg-242035193-g04mr34g07")]
    if "rapidly-progressive" in image_id:
        return "rapidly-progressive"
    stem = image_id.split("_2020_01_28")[0]
    for _ in range(3):
        stem = re.sub(r"(-PA|-day\d+|-fig\d*|_f?\d[a-z]?|_?f\d|_Fig1_HTML-webp|-[a-z]|-\d+|(?<=\d)[ab])$", "", stem)
    return stem
