"""dicomweb-client's and pydicom's side of bench/fetch.ts: URL STUDY SERIES REPEATS; prints JSON."""
import hashlib, json, sys, time
from dicomweb_client.api import DICOMwebClient
from peak import peak_kib

url, study, series, repeats = sys.argv[1], sys.argv[2], sys.argv[3], int(sys.argv[4])
client = DICOMwebClient(url, timeout=120)
seconds, cpu, digest = [], [], None
for _ in range(repeats):
    started, before = time.perf_counter(), time.process_time()
    instances = client.retrieve_series(study, series, media_types=(('application/dicom', '*'),))
    instances.sort(key=lambda one: float(one.ImagePositionPatient[2]))
    for instance in instances: instance.pixel_array
    seconds.append(time.perf_counter() - started)
    cpu.append(time.process_time() - before)
    if digest is None:
        peak = peak_kib()
        digest = hashlib.sha256()
        for instance in instances: digest.update(instance.pixel_array.tobytes())
    frames = len(instances)
    instances = instance = None
print(json.dumps({'seconds': seconds, 'cpuSeconds': cpu, 'peakKiB': peak, 'frames': frames, 'sha256': digest.hexdigest()}))
