{{- define "maskwright.name" -}}{{ .Release.Name | trunc 50 | trimSuffix "-" }}{{- end }}

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
{{ .root.Values.image.repository }}:{{ .root.Values.image.tag | default (printf "%s-%s" .root.Chart.AppVersion (ternary "gpu" "cpu" $gpu)) }}
{{- end }}

{{/* One container of a service: image, command, probes, hardening. */}}
{{- define "maskwright.container" -}}
name: {{ .component }}
image: {{ include "maskwright.image" . | quote }}
imagePullPolicy: {{ .root.Values.image.pullPolicy }}
args: ["up", "--config", "/etc/maskwright/{{ .component }}.yaml"]
ports:
  - { name: operations, containerPort: 9464 }
  {{- if eq .component "console" }}
  - { name: http, containerPort: 8080 }
  {{- end }}
  {{- if and (eq .component "intake") .root.Values.intake.notify.enabled }}
  - { name: notify, containerPort: 8081 }
  {{- end }}
  {{- if eq .root.Values.archive.kind "dimse" }}
  - { name: dicom, containerPort: 11112 }
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
