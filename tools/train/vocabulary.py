"""The words for each family's structures: modality, synonyms, the paper's descriptions."""

from __future__ import annotations

MODALITY_PHRASES: dict[str, tuple[str, ...]] = {
    "polyp": ("in a colonoscopy image", "in an endoscopy image"),
    "foot-ulcer": ("in a photograph of a foot", "in a clinical photograph"),
    "skin-lesion": ("in a dermoscopic image", "in a photograph of the skin"),
    "breast-ultrasound": ("in a breast ultrasound image", "in an ultrasound image of the breast"),
    "cardiac-ultrasound": ("in a cardiac ultrasound image", "in an echocardiogram"),
    "chest-xray": ("in a chest X-ray", "in a frontal chest radiograph"),
    "cardiac-mri": ("in a cardiac MRI", "in a short-axis MR image of the heart"),
    "brain-mri": ("in a brain MRI", "in a FLAIR MR image of the brain"),
    "fetal-ultrasound": ("in a fetal ultrasound image", "in an obstetric ultrasound image"),
    "fundus": ("in a fundus photograph", "in an image of the retina"),
    "ct-torso": ("in a CT image", "in an axial CT slice of the torso"),
}

SYNONYMS: dict[str, tuple[str, ...]] = {
    "polyp": ("colon polyp", "colorectal polyp", "polyps"),
    "foot ulcer": ("diabetic foot ulcer", "foot wound", "ulcer", "wound"),
    "skin melanoma": ("skin lesion", "melanoma", "mole", "pigmented skin lesion", "lesion"),
    "tumor": ("breast tumor", "tumour", "breast lesion", "breast tumour", "breast mass", "lesion"),
    "left ventricular cavity": ("left ventricle", "LV cavity", "cavity of the left ventricle"),
    "left atrium cavity": ("left atrium", "LA cavity"),
    "myocardium": ("heart muscle", "left ventricular myocardium"),
    "left lung": ("lung on the left side of the patient", "left lung field"),
    "right lung": ("lung on the right side of the patient", "right lung field"),
    "heart": ("cardiac silhouette", "the heart"),
    "left clavicle": ("left collarbone",),
    "right clavicle": ("right collarbone",),
    "heart and mediastinum": ("cardiomediastinum", "mediastinum with the heart"),
    "airways": ("trachea and main bronchi",),
    "ground glass opacity": ("ground-glass opacities", "ground glass"),
    "consolidation": ("lung consolidation",),
    "devices": ("medical devices", "tubes and lines"),
    "left ventricle": ("left ventricular cavity", "LV"),
    "right ventricle": ("right ventricular cavity", "RV"),
    "brain tumor": ("glioma", "brain tumour", "tumor of the brain", "tumor"),
    "fetal head": ("head of the fetus", "fetal skull"),
    "retinal vessels": ("blood vessels", "vessels of the retina", "vessels"),
    "liver": ("the liver",),
    "spine": ("vertebra", "vertebral column"),
}

#: p7 of the paper's files, word for word.
DESCRIPTIONS: dict[str, tuple[str, ...]] = {
    "polyp": (
        "which is a projecting growth of tissue",
        "which is often a bumpy flesh in rectum",
        "which is a small lump in the lining of colon",
        "which is a tissue growth that often resemble mushroom like stalks",
        "which is an abnormal growth of tissues projecting from a mucuos membrane",
    ),
    "skin melanoma": (
        "which is a spot with dark speckles",
        "which is a spot with irregular texture",
        "which is a dark sore with irregular texture",
        "which is an irregular sore with speckles",
        "which is a rough wound on skin",
    ),
    "foot ulcer": (
        "which is a wound in foot and toes",
        "which is a sore in foot and toes",
        "which is a sore in skin of foot and toes",
        "which is an abnormailty in foot and toes",
        "which is an open sore or lesion in foot and toes",
    ),
}

#: Shape that CAMUS's p7 names for a structure (the most frequent one).
CAMUS_SHAPES = {"left ventricular cavity": "oval", "myocardium": "triangle", "left atrium cavity": "oval"}

#: Families whose images may show a structure of another one without anybody having drawn it.
MAY_SHOW: dict[str, set[str]] = {
    "polyp": set(),
    "foot-ulcer": {"skin-lesion"},
    "skin-lesion": {"foot-ulcer"},
    "breast-ultrasound": set(),
    "cardiac-ultrasound": {"cardiac-mri", "ct-torso", "chest-xray"},
    "chest-xray": {"ct-torso", "cardiac-mri", "cardiac-ultrasound"},
    "cardiac-mri": {"ct-torso", "chest-xray", "cardiac-ultrasound"},
    "brain-mri": set(),
    "fetal-ultrasound": {"ct-torso", "cardiac-ultrasound", "cardiac-mri"},
    "fundus": set(),
    "ct-torso": {"chest-xray", "cardiac-mri", "cardiac-ultrasound"},
}
