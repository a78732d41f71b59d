{{/* The configuration file of one service. */}}
{{- define "maskwright.configuration" -}}
{{- $values := .root.Values -}}
services: [{{ .component }}]
home: /var/lib/maskwright
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
  timeoutSeconds: {{ $values.archive.timeoutSeconds }}
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
  brokers: {{ toJson $values.kafka.brokers }}
  topicPrefix: {{ $values.kafka.topicPrefix | quote }}
  partitions: {{ $values.kafka.partitions }}
  {{- with $values.kafka.replicationFactor }}
  replicationFactor: {{ . }}
  {{- end }}
  tls: {{ $values.kafka.tls }}
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
  sweepSeconds: {{ .sweepSeconds }}
  overlapDays: {{ .overlapDays }}
  quietSeconds: {{ .quietSeconds }}
  patienceSeconds: {{ .patienceSeconds }}
  lookbackDays: {{ .lookbackDays }}
  concurrency: {{ .concurrency }}
  remakeDeleted: {{ .remakeDeleted }}
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
  {{- with .workitems }}
  {{- if .url }}
  workitems:
    url: {{ .url | quote }}
    performer: {{ .performer | quote }}
    {{- with .codes }}
    codes: {{ toJson . }}
    {{- end }}
    pollSeconds: {{ .pollSeconds }}
    subscribe: {{ .subscribe }}
  {{- end }}
  {{- end }}
  {{- end }}
{{- end }}
segmenter:
  executionProviders: {{ ternary "[cuda, cpu]" "[cpu]" $values.segmenter.gpu.enabled }}
  concurrency: {{ $values.segmenter.concurrency }}
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
  logLevel: {{ $values.telemetry.logLevel }}
  {{- with $values.telemetry.otlpUrl }}
  otlpUrl: {{ . | quote }}
  {{- end }}
{{- end }}

{{/* How an archive is reached and who we are there. */}}
{{- define "maskwright.connection" -}}
url: {{ .of.url | quote }}
timeoutSeconds: {{ .of.timeoutSeconds }}
{{- with .of.requestsPerSecond }}
requestsPerSecond: {{ . }}
{{- end }}
{{- if eq .of.auth.kind "basic" }}
auth: { kind: basic, username: {{ .of.auth.username | quote }}, passwordFrom: {{ .secret }} }
{{- else if eq .of.auth.kind "bearer" }}
auth: { kind: bearer, tokenFrom: {{ .secret }} }
{{- else if eq .of.auth.kind "oauth2" }}
auth:
  kind: oauth2
  tokenUrl: {{ .of.auth.tokenUrl | quote }}
  clientId: {{ .of.auth.clientId | quote }}
  clientSecretFrom: {{ .secret }}
  {{- with .of.auth.scope }}
  scope: {{ . | quote }}
  {{- end }}
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
