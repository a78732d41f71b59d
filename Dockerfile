# Two targets: `cpu` (default) and `gpu` (CUDA execution provider of ONNX Runtime).
#   docker build --target cpu -t maskwright:0.2.0-cpu .
#   docker build --target gpu -t maskwright:0.2.0-gpu .
# These are the tags that the chart runs. /var/lib/maskwright is for `home`, and for a volume that keeps it.

FROM node:26-bookworm-slim AS dependencies
WORKDIR /app
COPY package.json package-lock.json .npmrc ./
COPY cli/package.json cli/
COPY services/console/package.json services/console/
COPY services/intake/package.json services/intake/
COPY services/segmenter/package.json services/segmenter/
COPY shared/assess/package.json shared/assess/
COPY shared/catalogue/package.json shared/catalogue/
COPY shared/config/package.json shared/config/
COPY shared/dicom/package.json shared/dicom/
COPY shared/dicomweb/package.json shared/dicomweb/
COPY shared/disk/package.json shared/disk/
COPY shared/errors/package.json shared/errors/
COPY shared/http/package.json shared/http/
COPY shared/image/package.json shared/image/
COPY shared/measure/package.json shared/measure/
COPY shared/model/package.json shared/model/
COPY shared/prompt/package.json shared/prompt/
COPY shared/queue/package.json shared/queue/
COPY shared/result/package.json shared/result/
COPY shared/score/package.json shared/score/
COPY shared/telemetry/package.json shared/telemetry/
COPY shared/time/package.json shared/time/
COPY tools/phantom/package.json tools/phantom/
RUN npm ci --omit=dev

FROM dependencies AS gpu-dependencies
# ONNX Runtime's CUDA libraries are fetched by its own install script, which .npmrc leaves out elsewhere.
RUN apt-get update && apt-get install -y --no-install-recommends ca-certificates && rm -rf /var/lib/apt/lists/* \
 && cd node_modules/onnxruntime-node && ONNXRUNTIME_NODE_INSTALL=cuda12 node ./script/install

FROM node:26-bookworm-slim AS cpu
WORKDIR /app
ENV NODE_ENV=production ORT_DISABLE_TELEMETRY=1
COPY --from=dependencies /app /app
COPY LICENSE README.md ./
COPY catalogue catalogue
COPY models models
COPY fixtures fixtures
COPY shared shared
COPY services services
COPY cli cli
RUN install -d -o 1000 -g 1000 /var/lib/maskwright
USER node
EXPOSE 8042 8080 8081 9464 11112
ENTRYPOINT ["node", "cli/bin/maskwright.mjs"]
CMD ["up", "--config", "/etc/maskwright/maskwright.yaml"]

FROM nvidia/cuda:12.8.1-cudnn-runtime-ubuntu24.04 AS gpu
WORKDIR /app
ENV NODE_ENV=production ORT_DISABLE_TELEMETRY=1
COPY --from=cpu /usr/local/bin/node /usr/local/bin/node
# Node needs libatomic, which the image of CUDA lacks.
RUN apt-get update && apt-get install -y --no-install-recommends libatomic1 && rm -rf /var/lib/apt/lists/* \
 && node --version \
 && install -d -o 1000 -g 1000 /var/lib/maskwright
COPY --from=cpu /app /app
COPY --from=gpu-dependencies /app/node_modules/onnxruntime-node /app/node_modules/onnxruntime-node
USER 1000
EXPOSE 8042 8080 8081 9464 11112
ENTRYPOINT ["node", "cli/bin/maskwright.mjs"]
CMD ["up", "--config", "/etc/maskwright/maskwright.yaml"]
