"""Prompts of one fixed kind, for the question what the words are worth."""

from __future__ import annotations

from attributes import NUMBERS, describe
from prompts import Case
from vocabulary import DESCRIPTIONS


def fixed(case: Case, wording: str) -> str:
    """nothing: the empty prompt (P0); name: the class (P1); sentence: size, number, description and place (P9)
    from the true mask, so an upper bound of what such words can give."""
    if wording == "nothing":
        return ""
    seen = describe(case.mask) if wording == "sentence" else None
    if seen is None:
        return case.target
    place = f"located in {', '.join(seen.places)} of the image"
    return f"{NUMBERS[seen.number]} {seen.size} {case.target} {DESCRIPTIONS[case.target][0]} {place}"
