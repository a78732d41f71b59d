{{/* So short that the longest name made of it, NAME-segmenter-dicom, is no longer than the 63 letters of a Service. */}}
{{- define "maskwright.name" -}}{{ .Release.Name | trunc 40 | trimSuffix "-" }}{{- end }}

{{/* As YAML what of a map is given: without null, empty texts, lists and maps. */}}
{{- define "maskwright.given" -}}
{{- $given := dict -}}
{{- range $key, $value := . -}}
{{- if not (and (empty $value) (has (kindOf $value) (list "invalid" "string" "slice" "map"))) -}}
{{- $_ := set $given $key $value -}}
{{- end -}}
{{- end -}}
{{- with $given }}{{ toYaml . }}{{ end -}}
{{- end }}

{{- define "maskwright.labels" -}}
app.kubernetes.io/name: maskwright
app.kubernetes.io/instance: {{ .root.Release.Name }}
app.kubernetes.io/component: {{ .component }}
app.kubernetes.io/version: {{ .root.Chart.AppVersion | quote }}
app.kubernetes.io/managed-by: {{ .root.Release.Service }}
{{- end }}

{{- define "maskwright.selector" -}}
app.kubernetes.io/name: maskwright
app.kubernetes.io/instance: {{ .root.Release.Name }}
app.kubernetes.io/component: {{ .component }}
{{- end }}

{{- define "maskwright.serviceAccount" -}}
{{- if .Values.serviceAccount.create }}{{ .Values.serviceAccount.name | default (include "maskwright.name" .) }}{{ else }}{{ .Values.serviceAccount.name | default "default" }}{{ end }}
{{- end }}

{{- define "maskwright.image" -}}
{{- $gpu := and (eq .component "segmenter") .root.Values.segmenter.gpu.enabled -}}
{{- $tag := ternary .root.Values.image.gpuTag .root.Values.image.tag $gpu -}}
{{ .root.Values.image.repository }}:{{ $tag | default (printf "%s-%s" .root.Chart.AppVersion (ternary "gpu" "cpu" $gpu)) }}
{{- end }}

{{/* Ports of a service's pods by their names, which networkPolicy.from has too; as JSON. */}}
{{- define "maskwright.ports" -}}
{{- $ports := dict "operations" 9464 -}}
{{- if eq .component "console" }}{{- $_ := set $ports "console" 8080 }}{{- end }}
{{- if and (eq .component "intake") .root.Values.intake.notify.enabled }}{{- $_ := set $ports "notify" 8081 }}{{- end }}
{{- if eq .root.Values.archive.kind "dimse" }}{{- $_ := set $ports "dicom" 11112 }}{{- end }}
{{- toJson $ports }}
{{- end }}

{{/* One container of a service: image, command, probes, hardening. */}}
{{- define "maskwright.container" -}}
name: {{ .component }}
image: {{ include "maskwright.image" . | quote }}
imagePullPolicy: {{ .root.Values.image.pullPolicy }}
args: ["up", "--config", "/etc/maskwright/{{ .component }}.yaml"]
ports:
  {{- range $name, $port := fromJson (include "maskwright.ports" .) }}
  - { name: {{ $name }}, containerPort: {{ $port }} }
  {{- end }}
env:
  {{- range $name, $reference := fromJson (include "maskwright.secrets" .) }}
  - name: {{ $name }}
    valueFrom: { secretKeyRef: { name: {{ $reference.name | quote }}, key: {{ $reference.key }} } }
  {{- end }}
  - { name: TMPDIR, value: /tmp }
startupProbe:
  httpGet: { path: /livez, port: operations }
  {{- toYaml .root.Values.probes.startup | nindent 2 }}
livenessProbe:
  httpGet: { path: /livez, port: operations }
  {{- toYaml .root.Values.probes.liveness | nindent 2 }}
readinessProbe:
  httpGet: { path: /readyz, port: operations }
  {{- toYaml .root.Values.probes.readiness | nindent 2 }}
securityContext:
  allowPrivilegeEscalation: false
  readOnlyRootFilesystem: true
  runAsNonRoot: true
  runAsUser: 1000
  capabilities: { drop: [ALL] }
  seccompProfile: { type: RuntimeDefault }
volumeMounts:
  - { name: config, mountPath: /etc/maskwright, readOnly: true }
  - { name: state, mountPath: /var/lib/maskwright }
  - { name: tmp, mountPath: /tmp }
  {{- range $folder, $secret := fromJson (include "maskwright.certificates" .root) }}
  - { name: tls-{{ $folder }}, mountPath: /etc/maskwright-tls/{{ $folder }}, readOnly: true }
  {{- end }}
  {{- with .root.Values.extraVolumeMounts }}
  {{- toYaml . | nindent 2 }}
  {{- end }}
{{- end }}

{{/* Environment variables that a service's configuration names, each with its Secret and key; as JSON. */}}
{{- define "maskwright.secrets" -}}
{{- $values := .root.Values -}}
{{- $secrets := dict -}}
{{- $keys := dict "basic" "password" "bearer" "token" "oauth2" "client-secret" -}}
{{- if ne $values.archive.kind "dimse" -}}
{{- with $values.archive.auth }}{{- if ne .kind "none" }}
{{- $_ := set $secrets "ARCHIVE_SECRET" (dict "name" .existingSecret "key" (index $keys .kind)) }}
{{- end }}{{- end }}
{{- if $values.archive.target.url }}
{{- with $values.archive.target.auth }}{{- if ne .kind "none" }}
{{- $_ := set $secrets "TARGET_SECRET" (dict "name" .existingSecret "key" (index $keys .kind)) }}
{{- end }}{{- end }}
{{- end }}
{{- end }}
{{- with $values.kafka.sasl }}{{- if .mechanism }}
{{- $_ := set $secrets "KAFKA_PASSWORD" (dict "name" .existingSecret "key" "password") }}
{{- end }}{{- end }}
{{- with $values.intake.notify }}{{- if and .enabled (eq $.component "intake") }}
{{- $_ := set $secrets "NOTIFY_SECRET" (dict "name" .existingSecret "key" "secret") }}
{{- end }}{{- end }}
{{- toJson $secrets }}
{{- end }}

{{/* Folders of certificates below /etc/maskwright-tls, each with its Secret; as JSON. */}}
{{- define "maskwright.certificates" -}}
{{- $folders := dict -}}
{{- if ne .Values.archive.kind "dimse" -}}
{{- with .Values.archive.tls.existingSecret }}{{- $_ := set $folders "archive" . }}{{- end }}
{{- if .Values.archive.target.url }}
{{- with .Values.archive.target.tls.existingSecret }}{{- $_ := set $folders "target" . }}{{- end }}
{{- end }}
{{- end }}
{{- with .Values.kafka.tlsSecret.existingSecret }}{{- $_ := set $folders "kafka" . }}{{- end }}
{{- toJson $folders }}
{{- end }}
