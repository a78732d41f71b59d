#!/usr/bin/env python3
"""An independent judge of measurement reports: dciodvfy and highdicom, none of it ours.

usage: sr-check.py SR
Prints one JSON object: `errors` and `warnings` (lines of dciodvfy) and `groups`, the measurement groups as highdicom finds
them: kind (planar, volumetric, image), tracking identifier and UID, finding, site, laterality, what they refer to,
evaluations and measurements as [name, value, unit, derivation].
"""
import json
import subprocess
import sys

import highdicom as hd
from pydicom.sr.codedict import codes

path = sys.argv[1]
out = subprocess.run(['dciodvfy', path], capture_output=True, text=True)
lines = (out.stdout + out.stderr).splitlines()
content = hd.sr.srread(path).content


def measurement(m):
    return [m.name.meaning, float(m.value), m.unit.value, m.derivation.meaning if m.derivation else None]


def described(kind, g):
    sites = g.finding_sites
    reference = {}
    if kind != 'image':
        item = g.referenced_segmentation_frame if kind == 'planar' else g.referenced_segment
        sop = item[0].ReferencedSOPSequence[0]
        reference = {'seg': str(sop.ReferencedSOPInstanceUID)}
        if 'ReferencedFrameNumber' in sop:
            reference['frame'] = int(sop.ReferencedFrameNumber)
        if 'ReferencedSegmentNumber' in sop:
            reference['segment'] = int(sop.ReferencedSegmentNumber)
    return {
        'kind': kind,
        'trackingIdentifier': g.tracking_identifier,
        'trackingUid': str(g.tracking_uid),
        'finding': g.finding_type.value,
        'category': g.finding_category.value,
        'sites': [s.value.value for s in sites],
        'lateralities': [s.laterality.meaning for s in sites if s.laterality],
        'evaluations': [[e.name.meaning, e.value.meaning] for e in g.get_qualitative_evaluations()],
        'measurements': [measurement(m) for m in g.get_measurements()],
        **reference,
    }


groups = (
    [described('planar', g) for g in content.get_planar_roi_measurement_groups()]
    + [described('volumetric', g) for g in content.get_volumetric_roi_measurement_groups()]
    + [described('image', g) for g in content.get_image_measurement_groups()]
)
print(json.dumps({
    'errors': [line for line in lines if line.startswith('Error')],
    'warnings': [line for line in lines if line.startswith('Warning')],
    'groups': groups,
}))
