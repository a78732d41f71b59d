{{/* The configuration file of one service. */}}
{{- define "maskwright.configuration" -}}
{{- $values := .root.Values -}}
services: [{{ .component }}]
home: /var/lib/maskwright
{{- with $values.catalogue }}
catalogue: {{ . | quote }}
{{- end }}
{{- with include "maskwright.given" $values.models }}
models: {{- . | nindent 2 }}
{{- end }}
archive:
  {{- if eq $values.archive.kind "dimse" }}
  {{- with $values.archive.dimse }}
  kind: dimse
  host: {{ .host | quote }}
  port: {{ .port }}
  calledAeTitle: {{ .calledAeTitle | quote }}
  callingAeTitle: {{ index .callingAeTitles $.component | quote }}
  listenPort: 11112
  {{- end }}
  {{- include "maskwright.given" (pick $values.archive "timeoutSeconds") | nindent 2 }}
  {{- else }}
  kind: outside
  {{- include "maskwright.connection" (dict "of" $values.archive "secret" "ARCHIVE_SECRET" "folder" "archive") | nindent 2 }}
  {{- if $values.archive.target.url }}
  target:
    {{- include "maskwright.connection" (dict "of" $values.archive.target "secret" "TARGET_SECRET" "folder" "target") | nindent 4 }}
  {{- end }}
  {{- end }}
queue:
  kind: kafka
  {{- include "maskwright.given" (pick $values.kafka "brokers" "topicPrefix" "partitions" "replicationFactor" "tls") | nindent 2 }}
  {{- with $values.kafka.tlsSecret }}
  {{- if .existingSecret }}
  {{- if .ca }}
  tlsCaFile: /etc/maskwright-tls/kafka/ca.crt
  {{- end }}
  {{- if .clientCertificate }}
  tlsCertFile: /etc/maskwright-tls/kafka/tls.crt
  tlsKeyFile: /etc/maskwright-tls/kafka/tls.key
  {{- end }}
  {{- end }}
  {{- end }}
  {{- with $values.kafka.sasl }}
  {{- if .mechanism }}
  sasl: { mechanism: {{ .mechanism }}, username: {{ .username | quote }}, passwordFrom: KAFKA_PASSWORD }
  {{- end }}
  {{- end }}
{{- if eq .component "intake" }}
intake:
  {{- with $values.intake }}
  {{- $plain := pick . "sweepSeconds" "overlapDays" "quietSeconds" "patienceSeconds" "lookbackDays" "concurrency" "remakeDeleted" }}
  {{- include "maskwright.given" $plain | nindent 2 }}
  {{- if .notify.enabled }}
  notify:
    host: 0.0.0.0
    port: 8081
    {{- if eq .notify.kind "hmac" }}
    auth: { kind: hmac, keyFrom: NOTIFY_SECRET }
    {{- else }}
    auth: { kind: bearer, tokenFrom: NOTIFY_SECRET }
    {{- end }}
  {{- end }}
  {{- if .workitems.url }}
  workitems: {{- include "maskwright.given" .workitems | nindent 4 }}
  {{- end }}
  {{- end }}
{{- end }}
segmenter:
  executionProviders: {{ ternary "[cuda, cpu]" "[cpu]" $values.segmenter.gpu.enabled }}
  {{- include "maskwright.given" (pick $values.segmenter "concurrency" "threads") | nindent 2 }}
{{- with $values.results }}
results: {{- toYaml . | nindent 2 }}
{{- end }}
{{- with $values.sites }}
sites: {{- toYaml . | nindent 2 }}
{{- end }}
console: { host: 0.0.0.0, port: 8080 }
telemetry:
  operationsPort: 9464
  operationsHost: 0.0.0.0
  {{- include "maskwright.given" (pick $values.telemetry "logLevel" "otlpUrl") | nindent 2 }}
{{- end }}

{{/* How an archive is reached and who we are there. */}}
{{- define "maskwright.connection" -}}
{{ include "maskwright.given" (pick .of "url" "timeoutSeconds" "requestsPerSecond") }}
{{- if eq .of.auth.kind "basic" }}
auth: { kind: basic, username: {{ .of.auth.username | quote }}, passwordFrom: {{ .secret }} }
{{- else if eq .of.auth.kind "bearer" }}
auth: { kind: bearer, tokenFrom: {{ .secret }} }
{{- else if eq .of.auth.kind "oauth2" }}
auth:
  {{- include "maskwright.given" (pick .of.auth "kind" "tokenUrl" "clientId" "scope") | nindent 2 }}
  clientSecretFrom: {{ .secret }}
{{- end }}
{{- if .of.tls.existingSecret }}
tls:
  {{- if .of.tls.ca }}
  caFile: /etc/maskwright-tls/{{ .folder }}/ca.crt
  {{- end }}
  {{- if .of.tls.clientCertificate }}
  certFile: /etc/maskwright-tls/{{ .folder }}/tls.crt
  keyFile: /etc/maskwright-tls/{{ .folder }}/tls.key
  {{- end }}
{{- end }}
{{- end }}
