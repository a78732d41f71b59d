"""highdicom's side of bench/seg-encode.ts: FOLDER SEGMENTS REPEATS stacked|labels; prints JSON."""
import io, json, os, sys, time
import numpy as np, pydicom, highdicom as hd
from pydicom.sr.coding import Code
from peak import peak_kib

folder, segments, repeats, how = sys.argv[1], int(sys.argv[2]), int(sys.argv[3]), sys.argv[4]
sources = [pydicom.dcmread(os.path.join(folder, f)) for f in sorted(os.listdir(folder)) if f.endswith('.dcm')]
shape = (len(sources), sources[0].Rows, sources[0].Columns)
if how == 'labels': masks = np.fromfile(os.path.join(folder, 'labels.raw'), np.uint8).reshape(shape)
else: masks = np.moveaxis(np.fromfile(os.path.join(folder, 'masks.raw'), np.uint8).reshape(segments, *shape), 0, -1)
tissue = Code('85756007', 'SCT', 'Tissue')
identification = hd.AlgorithmIdentificationSequence(
    name='bench', version='1', family=Code('123110', 'DCM', 'Artificial Intelligence'))
described = [hd.seg.SegmentDescription(
    segment_number=n + 1, segment_label=f'Part {n + 1}', segmented_property_category=tissue, segmented_property_type=tissue,
    algorithm_type=hd.seg.SegmentAlgorithmTypeValues.AUTOMATIC, algorithm_identification=identification,
    tracking_uid=hd.UID(), tracking_id=f'part {n + 1}') for n in range(segments)]
seconds, cpu, first = [], [], None
for _ in range(repeats):
    seg = out = None
    started, before = time.perf_counter(), time.process_time()
    seg = hd.seg.Segmentation(
        source_images=sources, pixel_array=masks, segmentation_type=hd.seg.SegmentationTypeValues.BINARY,
        segment_descriptions=described, series_instance_uid=hd.UID(), series_number=9002, sop_instance_uid=hd.UID(),
        instance_number=1, manufacturer='Bench', manufacturer_model_name='bench', software_versions='1', device_serial_number='1')
    out = io.BytesIO()
    seg.save_as(out)
    seconds.append(time.perf_counter() - started)
    cpu.append(time.process_time() - before)
    first = first or peak_kib()
peak = peak_kib()
pixels = int(np.unpackbits(np.frombuffer(seg.PixelData, np.uint8)).sum())
print(json.dumps({'seconds': seconds, 'cpuSeconds': cpu, 'peakOfFirstKiB': first, 'peakKiB': peak, 'bytes': out.tell(), 'frames': int(seg.NumberOfFrames), 'pixels': pixels}))
