#!/bin/sh
# From data to bundles. Flags (--images, --prompts, --run, --phantoms DIR ...) go to every step;
# MINUTES and FAMILY_MINUTES set each training's wall-clock budget, FAMILIES whose decoders are trained further,
# MODELS where the bundles go, PYTHON the interpreter;
# BENCHMARK=1 goes on with docs/benchmark.md.
set -eu
here=$(cd "$(dirname "$0")" && pwd)
python=${PYTHON:-python3}
models=${MODELS:-$here/../../models}
"$python" "$here/split.py" "$@"
"$python" "$here/train_vlsm.py" --minutes "${MINUTES:-75}" --resume "$@"
"$python" "$here/train_unet.py" --minutes "${MINUTES:-75}" --resume "$@"
for family in ${FAMILIES-skin-lesion foot-ulcer breast-ultrasound}; do
  "$python" "$here/train_family.py" --family "$family" --minutes "${FAMILY_MINUTES:-30}" \
    --peak 0.3 --elsewhere 0.15 --batch 8 --resume "$@"
done
for step in export calibrate domain evaluate manifest; do
  "$python" "$here/$step.py" --models "$models" "$@"
done
if [ -n "${BENCHMARK:-}" ]; then
  "$python" "$here/benchmark.py" "$@"
fi
