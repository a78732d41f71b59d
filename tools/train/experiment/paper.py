"""What is known of the paper's own figures (arXiv 2308.07706).

Its Table 2 is not at hand. At hand is the statement of this project's sixth issue that the following Dice are "about
the paper's CRIS on the sets they share, and above it on BUSI". FUSeg is not the paper's foot-ulcer set, PH2 and the rest
are not in the paper.
"""

from __future__ import annotations

#: (set, structure) -> Dice, about that of the paper's fine-tuned CRIS.
ABOUT_CRIS: dict[tuple[str, str], float] = {
    ("kvasir-seg", "polyp"): 0.89,
    ("cvc-clinicdb", "polyp"): 0.90,
    ("cvc-colondb", "polyp"): 0.78,
    ("bkai-igh", "polyp"): 0.88,
    ("isic2017", "skin melanoma"): 0.90,
    ("camus", "left ventricular cavity"): 0.92,
    ("camus", "myocardium"): 0.86,
    ("camus", "left atrium cavity"): 0.88,
}
#: Above the paper's CRIS.
ABOVE_CRIS: dict[tuple[str, str], float] = {("busi", "tumor"): 0.78}
NOT_AT_HAND = "not at hand"
NOT_IN_PAPER = "not in the paper"
IN_PAPER = {"kvasir-seg", "cvc-clinicdb", "cvc-colondb", "bkai-igh", "isic2017", "camus", "busi"}


def paper_figure(dataset: str, structure: str) -> str:
    at = (dataset, structure)
    if at in ABOUT_CRIS:
        return f"about {ABOUT_CRIS[at]:.2f}"
    return f"below {ABOVE_CRIS[at]:.2f}" if at in ABOVE_CRIS else NOT_IN_PAPER


def paper_of_set(dataset: str) -> str:
    """Mean over the set's structures."""
    about = [v for (d, _), v in ABOUT_CRIS.items() if d == dataset]
    above = [v for (d, _), v in ABOVE_CRIS.items() if d == dataset]
    return f"about {sum(about) / len(about):.2f}" if about else f"below {above[0]:.2f}" if above else NOT_IN_PAPER
