{{/* What every pod has, restricted as Pod Security wants it. */}}
{{- define "flagoperator.pod" -}}
{{- $root := index . 0 -}}
{{- $values := index . 2 -}}
enableServiceLinks: false
securityContext:
  runAsNonRoot: true
  runAsUser: 65532
  runAsGroup: 65532
  fsGroup: 65532
  seccompProfile: {type: RuntimeDefault}
{{- with $root.Values.imagePullSecrets }}
imagePullSecrets:
  {{- toYaml . | nindent 2 }}
{{- end }}
{{- with $values.priorityClassName }}
priorityClassName: {{ . | quote }}
{{- end }}
{{- with $values.nodeSelector }}
nodeSelector:
  {{- toYaml . | nindent 2 }}
{{- end }}
{{- with $values.tolerations }}
tolerations:
  {{- toYaml . | nindent 2 }}
{{- end }}
{{- with $values.affinity }}
affinity:
  {{- toYaml . | nindent 2 }}
{{- end }}
topologySpreadConstraints:
  {{- range list "kubernetes.io/hostname" "topology.kubernetes.io/zone" }}
  - maxSkew: 1
    topologyKey: {{ . }}
    whenUnsatisfiable: ScheduleAnyway
    labelSelector:
      matchLabels:
        {{- include "flagoperator.selector" (list $root (index $ 1)) | nindent 8 }}
    matchLabelKeys: [pod-template-hash]
  {{- end }}
{{- end }}

{{- define "flagoperator.everyAddress" -}}
{{ ternary "[::]" "0.0.0.0" (eq .Values.ipFamily "IPv6") }}
{{- end }}

{{- define "flagoperator.podMetadata" -}}
{{- $root := index . 0 -}}
labels:
  {{- include "flagoperator.labels" $root | nindent 2 }}
  app.kubernetes.io/component: {{ index . 1 }}
annotations:
  {{- toYaml (merge (dict) ((index . 2).podAnnotations | default dict) (dict "kubectl.kubernetes.io/default-container" (index . 3))) | nindent 2 }}
{{- end }}

{{/* (list . SECRET): with a Secret for TLS, probes ask over HTTPS; kubelet verifies no certificate. */}}
{{- define "flagoperator.container" -}}
{{- $probe := dict "port" "management" }}
{{- if index . 1 }}{{ $_ := set $probe "scheme" "HTTPS" }}{{ end }}
securityContext:
  allowPrivilegeEscalation: false
  readOnlyRootFilesystem: true
  capabilities: {drop: [ALL]}
# CPU decides how long a start takes; liveness alone would restart it forever under load.
startupProbe:
  httpGet: {{ merge (dict "path" "/healthz") $probe | toJson }}
  periodSeconds: 1
  failureThreshold: 90
livenessProbe:
  httpGet: {{ merge (dict "path" "/healthz") $probe | toJson }}
  periodSeconds: 10
  timeoutSeconds: 5
readinessProbe:
  httpGet: {{ merge (dict "path" "/readyz") $probe | toJson }}
  periodSeconds: 2
  timeoutSeconds: 5
terminationMessagePolicy: FallbackToLogsOnError
{{- end }}
