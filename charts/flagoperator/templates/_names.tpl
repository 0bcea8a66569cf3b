{{/* Names of the cluster carry namespace and release, so that two installations do not collide. */}}
{{- define "flagoperator.clusterName" -}}
{{ printf "%s-%s" .Release.Namespace .Release.Name | trunc 52 | trimSuffix "-" }}
{{- end }}

{{- define "flagoperator.labels" -}}
app.kubernetes.io/name: flagoperator
app.kubernetes.io/instance: {{ .Release.Name }}
app.kubernetes.io/version: {{ .Chart.AppVersion | quote }}
app.kubernetes.io/managed-by: {{ .Release.Service }}
helm.sh/chart: {{ printf "%s-%s" .Chart.Name .Chart.Version | replace "+" "_" }}
{{- with .Values.commonLabels }}
{{ toYaml . }}
{{- end }}
{{- end }}

{{/* Of one component: (list . "flagd"). */}}
{{- define "flagoperator.selector" -}}
app.kubernetes.io/instance: {{ (index . 0).Release.Name }}
app.kubernetes.io/component: {{ index . 1 }}
{{- end }}

{{- define "flagoperator.image" -}}
{{- $root := index . 0 -}}
{{ $root.Values.image.registry }}/{{ index . 1 }}:{{ $root.Values.image.tag | default $root.Chart.AppVersion }}
{{- end }}

{{- define "flagoperator.flagdSecret" -}}
{{- .Values.tls.flagd.secretName | default (ternary "flagd-tls" "" .Values.tls.certManager.enabled) -}}
{{- end }}

{{- define "flagoperator.operatorSecret" -}}
{{- .Values.tls.operator.secretName | default (ternary "flagoperator-tls" "" .Values.tls.certManager.enabled) -}}
{{- end }}
