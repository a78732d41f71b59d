"""Standalone JSON schemas of the Kubernetes kinds that our chart renders, for kubeconform, which cannot follow the shared
definitions of the PyPI package kubernetes-validate.

usage: kubernetes-schemas.py DEST [KUBERNETES_VERSION]
"""
import json
import sys
from pathlib import Path

import kubernetes_validate

KINDS = ("configmap-v1", "service-v1", "serviceaccount-v1", "deployment-apps-v1", "statefulset-apps-v1",
         "ingress-networking-v1", "networkpolicy-networking-v1")

dest, version = Path(sys.argv[1]), sys.argv[2] if len(sys.argv) > 2 else "1.34.0"
source = Path(kubernetes_validate.__file__).parent / "kubernetes-json-schema" / f"v{version}-local-strict"
local = lambda text: json.loads(text.replace("/api/_definitions.json#/", "#/"))
definitions = local((source / "_definitions.json").read_text())["$defs"]
dest.mkdir(parents=True, exist_ok=True)
for kind in KINDS:
    schema = local((source / f"{kind}.json").read_text())
    schema.pop("$id", None)
    (dest / f"{kind}.json").write_text(json.dumps({**schema, "$defs": definitions}))
