"""docs/benchmark.md from the committed results. Every figure in it is computed here."""

from __future__ import annotations

from both_sides import both_sides_text, committed, counts
from experiment.by_set import sets_section, starter_cases, starters_section
from experiment.by_shift import corrupted_section, shift_section
from experiment.by_words import prompts_section, stranger_section, wrong_section
from experiment.compare import named, written
from experiment.findings import findings
from experiment.plan import ARCHITECTURES, BATCH, LONGER, SAMPLES_A_SET, SEED, plan
from experiment.store import Facts
from paths import REPOSITORY
from report import table

DOCS = REPOSITORY / "docs"


def write(trainings: list[Facts], cases: list[Facts]) -> None:
    folder = DOCS / "benchmark"
    parts = [
        "# Benchmark: the paper's experiment in miniature", introduction(trainings),
        "## Findings", findings(cases),
        "## The decoders", decoders(trainings),
        "## Each set alone, and all pooled", sets_section(cases, folder),
        "## Prompt types", prompts_section(cases),
        "## Wrong-prompt control", wrong_section(cases),
        "## Domain shift", shift_section(cases, folder),
        "## Corrupted images", corrupted_section(trainings),
        "## Other modality", stranger_section(cases),
        "## The starter bundles beside the paper", STARTERS, starters_section(starter_cases()),
        "![Learning curves of the starter runs](benchmark/learning-curves.svg)",
        "### Exams on both sides of the split", both_sides_text(starter_cases(), committed()),
        "## Trained twice", twice(trainings, cases),
        "## Not run", not_run(trainings),
    ]
    (DOCS / "benchmark.md").write_text("\n\n".join(parts) + "\n")


STARTERS = (
    "The bundles in `models/` are another thing than the decoders above: encoder fine-tuned for as many minutes as the plot shows, "
    "detail at stride 2, thresholds calibrated. Their Dice on the test part (`tools/train/cases.csv`, `tools/train/report.md`), and "
    "their training loss by minutes (`tools/train/curves.py`; later runs begin from the weights of the one before).")


def introduction(trainings: list[Facts]) -> str:
    minutes = sum(t["seconds"] for t in trainings) / 60
    return (
        "Made by `python tools/train/benchmark.py` (about it: `tools/train/README.md`); `--report` makes this page again from the "
        "committed results. Four decoders on the same features of one encoder, EfficientNet-Lite0 with ImageNet's weights, *frozen* "
        "(not the starters' encoder, which has seen every set). Strides 4 to 32, 256 x 256 pixels, four views of each training image "
        f"computed once. {SAMPLES_A_SET} samples of each set in its own training and as many in the pooled one (*{LONGER} x*: {LONGER} times as "
        f"many), batches of {BATCH}, seed {SEED}, one thread, {len(trainings)} trainings, {minutes:.0f} minutes of processor time.\n\n"
        "Dice at the image's own size, threshold 0.5, plain class name as prompt, on held-apart images (test and calibration part of "
        "`tools/train/splits.json`: by patient, exam or sequence where that was known, look-alike images on one side; nothing is "
        "calibrated here). Of an exam that was trained on all the same, so that they say little about new patients: "
        f"{counts(committed()) or 'none known'} ([below](#exams-on-both-sides-of-the-split)). Brackets: 95 % bootstrap interval over "
        "patients, exams or sequences, single images where none is known. Images that do not show a structure are left out of its row.\n\n"
        "**These are short trainings of small decoders: read differences, not heights.** The heights are those of a frozen encoder "
        f"after {SAMPLES_A_SET // BATCH} steps (one set); the starters, fine-tuned, are far above them. One seed each: the intervals "
        "are those of the images, not of the training. The paper (arXiv 2308.07706) fine-tunes much larger models; "
        "its table is not at hand here, only that of our issue's goals, \"about the paper's CRIS\".")


def decoders(trainings: list[Facts]) -> str:
    lines = []
    for a in ARCHITECTURES:
        mine = [t for t in trainings if t["architecture"] == a]
        pooled = [t for t in mine if t["training"] == "pooled"]
        if mine:
            cost = 1000 * sum(t["seconds"] for t in mine) / sum(t["samples"] for t in mine)
            lines.append([a, f"{(pooled or mine)[0]['parameters'] / 1e6:.2f} M", f"{cost:.0f} ms", str(len(mine)),
                          str(sum(t["samples"] for t in mine))])
    return ("A sample is an image; the VLSM answers up to three prompts for it, the others all its classes. Milliseconds of a busy "
            "machine.\n\n" + table(["decoder", "parameters (pooled)", "a sample", "trainings", "samples in all"], lines))


def twice(trainings: list[Facts], cases: list[Facts]) -> str:
    lines = []
    for t in trainings:
        if t["repeat"]:
            both = [named(cases, training=t["training"], architecture=t["architecture"], repeat=r) for r in (0, 1)]
            dice = [sum(c["dice"] for c in b) / len(b) for b in both]
            lines.append([t["training"], t["architecture"], *map(written, both), f"{100 * (dice[1] - dice[0]):+.2f}",
                          "yes" if abs(dice[1] - dice[0]) <= 0.005 else "no"])
    return ("The same training again from the same seed, tested on the same images; half a point is allowed.\n\n"
            + table(["training", "decoder", "first", "second", "points", "within 0.5"], lines) if lines else "Not run.")


def not_run(trainings: list[Facts]) -> str:
    done = {(t["training"], t["architecture"], t["repeat"]) for t in trainings}
    missing = [t.key for t in plan() if (t.name, t.architecture, t.repeat) not in done]
    text = "Every training of the plan was run. " if not missing else (
        f"{len(missing)} of {len(plan())} trainings of the plan: {', '.join(missing)}. The same command goes on with them. ")
    return text + ("Not planned: the paper's own architectures with their public weights (they cannot be had here), more than one "
                   "seed, and fine-tuning of the encoder in all rows.")
