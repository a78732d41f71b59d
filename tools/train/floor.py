"""Dice of an earlier 32-minute run of this recipe without a conventional decoder: the floor to reach.

Another split of the same sets (20 % kept back elsewhere), plain name as prompt.
"""

FLOOR: dict[tuple[str, str], float] = {
    ("acdc", "left ventricle"): 0.845,
    ("acdc", "myocardium"): 0.564,
    ("acdc", "right ventricle"): 0.773,
    ("bkai-igh", "polyp"): 0.800,
    ("busi", "tumor"): 0.748,
    ("camus", "left atrium cavity"): 0.803,
    ("camus", "left ventricular cavity"): 0.884,
    ("camus", "myocardium"): 0.784,
    ("covid-cxr", "consolidation"): 0.541,
    ("covid-cxr", "ground glass opacity"): 0.550,
    ("covid-cxr", "heart and mediastinum"): 0.906,
    ("covid-cxr", "left lung"): 0.877,
    ("covid-cxr", "right lung"): 0.940,
    ("cvc-clinicdb", "polyp"): 0.868,
    ("cvc-colondb", "polyp"): 0.729,
    ("fuseg", "foot ulcer"): 0.775,
    ("hc18", "fetal head"): 0.964,
    ("isic2017", "skin melanoma"): 0.859,
    ("jsrt", "heart"): 0.924,
    ("jsrt", "left clavicle"): 0.828,
    ("jsrt", "left lung"): 0.962,
    ("jsrt", "right clavicle"): 0.826,
    ("jsrt", "right lung"): 0.970,
    ("kvasir-seg", "polyp"): 0.852,
    ("lgg-mri", "brain tumor"): 0.766,
    ("ph2", "skin melanoma"): 0.926,
    ("retina", "retinal vessels"): 0.599,
    ("shenzhen", "left lung"): 0.948,
    ("shenzhen", "right lung"): 0.965,
}
TOLERANCE = 0.02
