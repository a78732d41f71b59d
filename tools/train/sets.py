"""The image sets: family, structures, licence, and how each may be augmented.

An image of a set is `<id>.jpg`; its masks are `<id>.png` (one structure, key "")
or `<id>.<structure>.png`. `structures` maps the file's structure to class names.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Family = Literal[
    "polyp", "foot-ulcer", "skin-lesion", "breast-ultrasound", "cardiac-ultrasound", "chest-xray",
    "cardiac-mri", "brain-mri", "fetal-ultrasound", "fundus", "ct-torso",
]


@dataclass(frozen=True)
class ImageSet:
    """One folder of images with masks.

    mirror: "plain" mirrors freely, "sides" swaps left and right in masks (the words
    follow the masks), "none" never mirrors (position tells the structures apart).
    absent_is_empty: a missing mask file means that nothing is there, rather than
    that nobody looked.
    weight: factor on the set's share of the samples.
    turns: the camera is held anyhow, so that the image turned by a quarter of a circle is one that might have come.
    """

    name: str
    family: Family
    structures: dict[str, str]
    mirror: Literal["plain", "sides", "none"]
    licence: str
    source: str
    absent_is_empty: bool = False
    weight: float = 1.0
    turns: bool = False


LUNGS = {"left-lung": "left lung", "right-lung": "right lung"}
DEVICES = ("tubing", "endotracheal-tube", "monitoring-probe", "central-venous-line", "nasogastric-tube")

REAL_SETS: tuple[ImageSet, ...] = (
    ImageSet("kvasir-seg", "polyp", {"": "polyp"}, "plain",
             "research and education only", "Kvasir-SEG, Jha et al., MMM 2020", turns=True),
    ImageSet("cvc-clinicdb", "polyp", {"": "polyp"}, "plain",
             "research and education, with citation", "CVC-ClinicDB, Bernal et al., CMIG 2015", weight=1.3, turns=True),
    ImageSet("cvc-colondb", "polyp", {"": "polyp"}, "plain",
             "not stated; citation asked for", "CVC-ColonDB, Bernal et al., Pattern Recognition 2012", turns=True),
    ImageSet("bkai-igh", "polyp", {"": "polyp"}, "plain",
             "not stated; competition data", "BKAI-IGH NeoPolyp, Ngoc Lan et al., ISVC 2021", turns=True),
    ImageSet("fuseg", "foot-ulcer", {"": "foot ulcer"}, "plain",
             "CC BY-NC", "FUSeg 2021, Wang et al., Scientific Reports 2020", weight=1.3, turns=True),
    ImageSet("isic2017", "skin-lesion", {"": "skin melanoma"}, "plain",
             "CC0 (masks and validation photographs); CC BY-NC (512 px copies)",
             "ISIC 2017, Codella et al., ISBI 2018", weight=1.5, turns=True),
    ImageSet("ph2", "skin-lesion", {"": "skin melanoma"}, "plain",
             "research and education", "PH2, Mendonca et al., EMBC 2013", turns=True),
    ImageSet("busi", "breast-ultrasound", {"tumor": "tumor"}, "plain",
             "CC BY 4.0 (article)", "BUSI, Al-Dhabyani et al., Data in Brief 2020", weight=1.5),
    ImageSet("camus", "cardiac-ultrasound",
             {"lv-endocardium": "left ventricular cavity", "myocardium": "myocardium",
              "left-atrium": "left atrium cavity"}, "none",
             "research; CC BY-NC-SA 4.0", "CAMUS, Leclerc et al., IEEE TMI 2019"),
    ImageSet("jsrt", "chest-xray",
             LUNGS | {"heart": "heart", "left-clavicle": "left clavicle", "right-clavicle": "right clavicle"},
             "sides", "research and teaching, with citation",
             "JSRT, Shiraishi et al., AJR 2000; SCR masks, van Ginneken et al., MedIA 2006"),
    ImageSet("shenzhen", "chest-xray", LUNGS, "sides",
             "public, with citation", "Shenzhen, Jaeger et al., QIMS 2014; masks Stirenko et al., ELNANO 2018"),
    ImageSet("covid-cxr", "chest-xray",
             LUNGS | {"cardiomediastinum": "heart and mediastinum", "airways": "airways",
                      "ground-glass-opacity": "ground glass opacity", "consolidation": "consolidation"}
             | {device: "devices" for device in DEVICES},
             "sides", "annotations CC BY 4.0; each image its own, partly CC BY-NC-SA, partly not stated",
             "General Blockchain 2020 on images of Cohen et al. 2020"),
    ImageSet("acdc", "cardiac-mri",
             {"left-ventricle": "left ventricle", "right-ventricle": "right ventricle",
              "myocardium": "myocardium"}, "none",
             "CC BY-NC-SA 4.0", "ACDC, Bernard et al., IEEE TMI 2018"),
    ImageSet("lgg-mri", "brain-mri", {"tumor": "brain tumor"}, "plain",
             "CC BY-NC-SA 4.0", "LGG, Buda et al., CBM 2019; TCIA TCGA-LGG", weight=1.5),
    ImageSet("hc18", "fetal-ultrasound", {"fetal-head": "fetal head"}, "plain",
             "CC BY 4.0", "HC18, van den Heuvel et al., PLoS ONE 2018"),
    ImageSet("retina", "fundus", {"vessels": "retinal vessels"}, "plain",
             "DRIVE: research; CHASE_DB1: CC BY 4.0",
             "DRIVE, Staal et al., TMI 2004; CHASE_DB1, Fraz et al., TBME 2012", turns=True),
)

PHANTOM_SETS: tuple[ImageSet, ...] = (
    ImageSet("phantom-cxr", "chest-xray", LUNGS | {"heart": "heart"}, "sides",
             "Apache-2.0 (drawn by tools/phantom)", "synthetic", absent_is_empty=True, weight=0.3),
    ImageSet("phantom-ct", "ct-torso", LUNGS | {"heart": "heart", "liver": "liver", "spine": "spine"}, "none",
             "Apache-2.0 (drawn by tools/phantom)", "synthetic", absent_is_empty=True, weight=1.0),
    ImageSet("phantom-endoscopy", "polyp", {"": "polyp"}, "plain",
             "Apache-2.0 (drawn by tools/phantom)", "synthetic", absent_is_empty=True, weight=0.3, turns=True),
)

ALL_SETS: dict[str, ImageSet] = {s.name: s for s in (*REAL_SETS, *PHANTOM_SETS)}

#: Families whose mirror image is asked too, and the mean of all answers taken: whose sets all mirror freely.
MIRRORED: frozenset[str] = frozenset(s.family for s in ALL_SETS.values()) - {
    s.family for s in ALL_SETS.values() if s.mirror != "plain"}
#: Families that are asked turned by half a circle as well: whose sets all turn freely.
TURNED: frozenset[str] = frozenset(s.family for s in ALL_SETS.values()) - {
    s.family for s in ALL_SETS.values() if not s.turns}

#: Classes that people draw as ellipses: the head's circumference is measured along one.
ELLIPSES: frozenset[str] = frozenset({"fetal head"})

#: Channel order of the conventional model: every class name of all sets, known from the start.
CLASS_NAMES: tuple[str, ...] = tuple(dict.fromkeys(
    name for s in (*REAL_SETS, *PHANTOM_SETS) for name in s.structures.values()))

#: DICOM Modality codes in which a family's images arrive.
MODALITIES: dict[str, list[str]] = {
    "polyp": ["ES"],
    "foot-ulcer": ["XC"],
    "skin-lesion": ["XC", "DMS", "GM"],
    "breast-ultrasound": ["US"],
    "cardiac-ultrasound": ["US"],
    "chest-xray": ["CR", "DX", "RG"],
    "cardiac-mri": ["MR"],
    "brain-mri": ["MR"],
    "fetal-ultrasound": ["US"],
    "fundus": ["OP", "XC"],
    "ct-torso": ["CT"],
}


def family_classes(family: str) -> list[str]:
    """Class names that a family's sets annotate, in channel order."""
    names = {n for s in ALL_SETS.values() if s.family == family for n in s.structures.values()}
    return [n for n in CLASS_NAMES if n in names]
