{{/* Names of the cluster carry namespace and release, with what no namespace has between them: no two installations collide. */}}
{{- define "flagoperator.clusterName" -}}
{{ printf "%s.%s" .Release.Namespace .Release.Name }}
{{- end }}

{{- define "flagoperator.labels" -}}
{{ include "flagoperator.labelsAnd" (list . dict) }}
{{- end }}

{{/* With more: (list . (dict "team" "growth")); of one that is in both, the narrower counts. */}}
{{- define "flagoperator.labelsAnd" -}}
{{- $root := index . 0 -}}
{{- $chart := printf "%s-%s" $root.Chart.Name $root.Chart.Version | replace "+" "_" -}}
{{- $own := dict "app.kubernetes.io/name" "flagoperator" "app.kubernetes.io/instance" $root.Release.Name "helm.sh/chart" $chart -}}
{{- $own = merge $own (dict "app.kubernetes.io/version" $root.Chart.AppVersion "app.kubernetes.io/managed-by" $root.Release.Service) -}}
{{ toYaml (merge $own (index . 1 | default dict) ($root.Values.commonLabels | default dict)) }}
{{- end }}

{{/* Of one component: (list . "flagd"). */}}
{{- define "flagoperator.selector" -}}
app.kubernetes.io/instance: {{ (index . 0).Release.Name | quote }}
app.kubernetes.io/component: {{ index . 1 }}
{{- end }}

{{- define "flagoperator.image" -}}
{{- $root := index . 0 -}}
{{- $digest := get ($root.Values.image.digests | default dict) (index . 1) -}}
{{ $root.Values.image.registry }}/{{ index . 1 }}:{{ $root.Values.image.tag | default $root.Chart.AppVersion }}{{ with $digest }}@{{ . }}{{ end }}
{{- end }}

{{- define "flagoperator.flagdSecret" -}}
{{- .Values.tls.flagd.secretName | default (ternary "flagd-tls" "" .Values.tls.certManager.enabled) -}}
{{- end }}

{{- define "flagoperator.operatorSecret" -}}
{{- .Values.tls.operator.secretName | default (ternary "flagoperator-tls" "" .Values.tls.certManager.enabled) -}}
{{- end }}
