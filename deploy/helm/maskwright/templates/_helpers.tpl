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
args: ["up", "--config", "/etc/maskwright/maskwright.yaml", "--service", {{ .component | quote }}]
ports:
  - { name: operations, containerPort: 9464 }
  {{- if eq .component "console" }}
  - { name: http, containerPort: 8080 }
  {{- end }}
env:
  {{- with .root.Values.archive.auth }}
  {{- if ne .kind "none" }}
  - name: ARCHIVE_SECRET
    valueFrom: { secretKeyRef: { name: {{ .existingSecret | quote }}, key: {{ ternary "password" "token" (eq .kind "basic") }} } }
  {{- end }}
  {{- end }}
  {{- with .root.Values.kafka.sasl }}
  {{- if .mechanism }}
  - name: KAFKA_PASSWORD
    valueFrom: { secretKeyRef: { name: {{ .existingSecret | quote }}, key: password } }
  {{- end }}
  {{- end }}
  - { name: TMPDIR, value: /tmp }
livenessProbe:
  httpGet: { path: /livez, port: operations }
  initialDelaySeconds: 10
  periodSeconds: 15
readinessProbe:
  httpGet: { path: /readyz, port: operations }
  periodSeconds: 5
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
{{- end }}
