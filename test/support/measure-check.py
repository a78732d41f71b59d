#!/usr/bin/env python3
"""Measures a SEG on its images by other means than ours: pydicom reads the pixels, numpy counts.

usage: measure-check.py SEG SOURCE…
Prints a JSON array, one object a segment: `pixels` (of each frame of the SEG), `area` (mm² of the largest frame, by the SEG's
PixelSpacing), `volume` (ml, by its SpacingBetweenSlices; null without), and `mean`, `sd`, `minimum`, `maximum` of the
modality values under the mask (null where an image is in colour).
"""
import json
import sys

import numpy as np
import pydicom
from pydicom.pixels import apply_modality_lut

seg = pydicom.dcmread(sys.argv[1])
sources = {d.SOPInstanceUID: d for d in (pydicom.dcmread(path) for path in sys.argv[2:])}
pixels = seg.pixel_array.reshape(-1, seg.Rows, seg.Columns) > 0
measures = seg.SharedFunctionalGroupsSequence[0].PixelMeasuresSequence[0]
spacing = [float(v) for v in measures.PixelSpacing]
between = float(measures.get('SpacingBetweenSlices', 0)) or None


def values_of(image, frame):
    source = sources[image.ReferencedSOPInstanceUID]
    if source.SamplesPerPixel != 1:
        return None
    array = source.pixel_array
    array = array.reshape(-1, source.Rows, source.Columns)[int(image.get('ReferencedFrameNumber', 1)) - 1]
    values = np.asarray(apply_modality_lut(array, source), dtype=float)
    if 'PixelPaddingValue' in source:
        values = np.where(array == source.PixelPaddingValue, np.nan, values)
    return values[frame]


report = []
for item in seg.SegmentSequence:
    counts, inside = [], []
    for frame, group in zip(pixels, seg.PerFrameFunctionalGroupsSequence):
        if group.SegmentIdentificationSequence[0].ReferencedSegmentNumber != item.SegmentNumber:
            continue
        counts.append(int(frame.sum()))
        inside.append(values_of(group.DerivationImageSequence[0].SourceImageSequence[0], frame))
    grey = None if not inside or any(v is None for v in inside) else np.concatenate(inside)
    statistics = dict.fromkeys(('mean', 'sd', 'minimum', 'maximum'))
    if grey is not None:
        found = (np.nanmean(grey), np.nanstd(grey), np.nanmin(grey), np.nanmax(grey))
        statistics = dict(zip(statistics, (float(v) for v in found)))
    area = spacing[0] * spacing[1]
    report.append({
        'pixels': counts,
        'area': max(counts) * area,
        'volume': sum(counts) * area * between / 1000 if between else None,
        **statistics,
    })
print(json.dumps(report))
