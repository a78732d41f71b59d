#!/usr/bin/env python3
"""An independent judge of key images and presentation states: dciodvfy, pydicom, numpy and dcmtk, none of it ours.

usage: picture-check.py KEY PS SOURCE...      SOURCE: DICOM files or folders that both were made from
Prints one JSON object:
errors       lines of dciodvfy about either that are errors
pstate       lines of dcmpschk (dcmtk) about the presentation state, but for a patient without a name, which is the source's
key          attributes of the key image, the image and frame that it is of
masks        [layer, SOPInstanceUID, frame, sha256 of the polylines filled by even-odd as bytes of 0 and 1]
layers       [name, colour as sRGB 0-255 by the profile connection space]
pydicom      greatest difference outside the masks between the key image and pydicom's rendering of the source, null where it has no window
dcmtk        the same against dcmtk's rendering of the source by the presentation state, null where dcmtk cannot
profile      greatest difference of sixteen colours by littlecms from the presentation state's profile to sRGB, null where there is none
"""
import hashlib
import io
import json
import os
import subprocess
import sys
import tempfile

import numpy as np
import pydicom
from PIL import Image, ImageCms
from pydicom.pixels import apply_color_lut, apply_modality_lut

key_path, ps_path, *places = sys.argv[1:]


def files(place):
    return [os.path.join(place, f) for f in os.listdir(place)] if os.path.isdir(place) else [place]


sources = {}
for place in places:
    for path in files(place):
        sources[str(pydicom.dcmread(path, stop_before_pixels=True).SOPInstanceUID)] = path
key, ps = pydicom.dcmread(key_path), pydicom.dcmread(ps_path)


def lines(*command):
    out = subprocess.run(command, capture_output=True, text=True)
    return [line for line in (out.stdout + out.stderr).splitlines()]


def outlined():
    """Even-odd: each edge that leads up or down turns over all pixels to its right."""
    masks = {}
    series = {str(i.ReferencedSOPInstanceUID) for s in ps.ReferencedSeriesSequence for i in s.ReferencedImageSequence}
    for item in ps.GraphicAnnotationSequence:
        image = item.ReferencedImageSequence[0]
        assert str(image.ReferencedSOPInstanceUID) in series
        assert item.TextObjectSequence[0].UnformattedTextValue
        frame = int(image.get('ReferencedFrameNumber', 1) or 1)
        mask = masks.setdefault(
            (item.GraphicLayer, str(image.ReferencedSOPInstanceUID), frame), np.zeros((key.Rows, key.Columns), np.uint8)
        )
        for g in item.GraphicObjectSequence:
            points = np.array(g.GraphicData, float).reshape(-1, 2)
            assert len(points) == g.NumberOfGraphicPoints and g.GraphicAnnotationUnits == 'PIXEL'
            closed = (points[0] == points[-1]).all()
            assert closed == ('GraphicFilled' in g)
            for (x, y), (nx, ny) in zip(points, points[1:]):
                if x == nx:
                    mask[int(min(y, ny)):int(max(y, ny)), int(x):] ^= 1
    return masks


def rendered(path, frame):
    """As pydicom shows it, 0-255; None where no window is stated."""
    ds = pydicom.dcmread(path)
    try:
        pixels = ds.pixel_array
    except RuntimeError:  # no decoder here
        return None
    if int(ds.get('NumberOfFrames', 1) or 1) > 1:
        pixels = pixels[frame - 1]
    if ds.PhotometricInterpretation == 'PALETTE COLOR':
        return apply_color_lut(pixels, ds) >> 8
    if ds.SamplesPerPixel == 3:
        return pixels
    if 'WindowCenter' not in ds or ds.get('VOILUTFunction', 'LINEAR') != 'LINEAR':
        return None
    values = apply_modality_lut(pixels, ds).astype(float)
    first = lambda v: float(v[0] if isinstance(v, pydicom.multival.MultiValue) else v)
    c, w = first(ds.WindowCenter) - 0.5, first(ds.WindowWidth) - 1
    gray = np.clip((values - c) / max(w, 1e-9) + 0.5, 0, 1) * 255
    if ds.PhotometricInterpretation == 'MONOCHROME1':
        gray = 255 - gray
    return np.repeat(np.rint(gray)[..., None], 3, axis=2)


def by_dcmtk(path, frame):
    if ps.SOPClassUID != '1.2.840.10008.5.1.4.1.1.11.1':
        return None
    with tempfile.TemporaryDirectory() as folder:
        out = os.path.join(folder, 'out.pgm')
        raw = os.path.join(folder, 'raw.dcm')
        subprocess.run(['dcmdjpeg', path, raw], capture_output=True)
        done = subprocess.run(['dcmp2pgm', '-f', str(frame), '-p', ps_path, raw, out], capture_output=True)
        if done.returncode != 0 or not os.path.exists(out):
            return None
        gray = np.array(Image.open(out))
        return np.repeat(gray[..., None], 3, axis=2) if gray.shape == (key.Rows, key.Columns) else None


def differs(image, inside):
    if image is None:
        return None
    return int(np.abs(image.astype(int) - key.pixel_array.astype(int))[~inside].max(initial=0))


def srgb(lab):
    l, a, b = lab[0] / 65535 * 100, lab[1] / 65535 * 255 - 128, lab[2] / 65535 * 255 - 128
    y = (l + 16) / 116
    f = lambda t: t ** 3 if t > 6 / 29 else (t - 16 / 116) * 3 * (6 / 29) ** 2
    xyz = np.array([f(y + a / 500) * 0.96422, f(y), f(y - b / 200) * 0.82521])
    m = np.array([[3.1338561, -1.6168667, -0.4906146], [-0.9787684, 1.9161415, 0.033454], [0.0719453, -0.2289914, 1.4052427]])
    v = np.clip(m @ xyz, 0, 1)
    return [int(round(255 * (12.92 * x if x <= 0.0031308 else 1.055 * x ** (1 / 2.4) - 0.055))) for x in v]


def profile():
    if 'ICCProfile' not in ps:
        return None
    given = ImageCms.ImageCmsProfile(io.BytesIO(bytes(ps.ICCProfile)))
    assert given.profile.device_class == 'scnr' and given.profile.xcolor_space.strip() == 'RGB'
    colours = np.array([[[r, g, b] for r in (0, 60, 128, 255) for g in (0, 200) for b in (10, 255)]], np.uint8)
    there = ImageCms.profileToProfile(Image.fromarray(colours, 'RGB'), given, ImageCms.createProfile('sRGB'))
    return int(np.abs(np.array(there).astype(int) - colours).max())


def pstate():
    said = [line for line in lines('dcmpschk', ps_path) if 'Testing:' not in line and 'Test passed' not in line]
    left = [line for line in said if 'patientName absent or empty' not in line]
    return [] if left != said and all('Test failed' in line for line in left) else left


masks = outlined()
source = key.SourceImageSequence[0]
uid = str(source.ReferencedSOPInstanceUID)
frame = int(source.get('ReferencedFrameNumber', 1) or 1)
inside = np.zeros((key.Rows, key.Columns), bool)
for (_, of, number), mask in masks.items():
    if (of, number) == (uid, frame):
        inside |= mask.astype(bool)
print(json.dumps({
    'errors': [line for path in (key_path, ps_path) for line in lines('dciodvfy', path) if line.startswith(('Error', 'Abort'))],
    'pstate': pstate(),
    'key': {
        'sopClass': str(key.SOPClassUID), 'photometric': key.PhotometricInterpretation, 'rows': key.Rows,
        'columns': key.Columns, 'conversion': key.ConversionType, 'imageType': list(key.ImageType),
        'source': uid, 'frame': frame, 'covered': int(inside.sum()),
    },
    'masks': [[*place, hashlib.sha256(mask.tobytes()).hexdigest()] for place, mask in masks.items()],
    'layers': [[str(l.GraphicLayer), srgb(l.GraphicLayerRecommendedDisplayCIELabValue)] for l in ps.GraphicLayerSequence],
    'pydicom': differs(rendered(sources[uid], frame), inside),
    'dcmtk': differs(by_dcmtk(sources[uid], frame), inside),
    'profile': profile(),
}))
