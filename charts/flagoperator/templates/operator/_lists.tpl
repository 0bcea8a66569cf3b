{{/* The settings of --list-sources: a folder for each source with a volume, files for tokens and CA certificates. */}}
{{- define "flagoperator.listSources" -}}
{{- $sources := dict }}
{{- range $name, $source := .Values.lists.sources }}
{{- $one := pick $source "url" "intervalSeconds" "namespaces" }}
{{- if $source.volume }}{{ $_ := set $one "folder" (printf "/lists/folders/%s" $name) }}{{ end }}
{{- if $source.tokenSecret }}{{ $_ := set $one "tokenFile" (printf "/lists/credentials/%s/token" $name) }}{{ end }}
{{- if $source.caSecret }}{{ $_ := set $one "caFile" (printf "/lists/credentials/%s/ca.crt" $name) }}{{ end }}
{{- $_ := set $sources $name $one }}
{{- end }}
{{- $sources | toJson }}
{{- end }}

{{/* The ConfigMap of these settings: another name for other settings, so that the pods are replaced. */}}
{{- define "flagoperator.listSettings" -}}
flagoperator-lists-{{ include "flagoperator.listSources" . | sha256sum | trunc 8 }}
{{- end }}

{{- define "flagoperator.listMounts" -}}
- {name: list-settings, mountPath: /lists/settings, readOnly: true}
- {name: list-credentials, mountPath: /lists/credentials, readOnly: true}
{{- $index := 0 }}
{{- range $name, $source := .Values.lists.sources }}
{{- if $source.volume }}
- {name: list-{{ $index }}, mountPath: {{ printf "/lists/folders/%s" $name | quote }}, readOnly: true}
{{- end }}
{{- $index = add1 $index }}
{{- end }}
{{- end }}

{{- define "flagoperator.listVolumes" -}}
- name: list-settings
  configMap: {name: {{ include "flagoperator.listSettings" . }}}
- name: list-credentials
  projected:
    sources:
      {{- range $name, $source := .Values.lists.sources }}
      {{- with $source.tokenSecret }}
      - secret: {name: {{ .name | quote }}, items: [{key: {{ .key | default "token" | quote }}, path: {{ $name }}/token}]}
      {{- end }}
      {{- with $source.caSecret }}
      - secret: {name: {{ .name | quote }}, items: [{key: {{ .key | default "ca.crt" | quote }}, path: {{ $name }}/ca.crt}]}
      {{- end }}
      {{- else }}
      []
      {{- end }}
{{- $index := 0 }}
{{- range $name, $source := .Values.lists.sources }}
{{- with $source.volume }}
- name: list-{{ $index }}
  {{- toYaml . | nindent 2 }}
{{- end }}
{{- $index = add1 $index }}
{{- end }}
{{- end }}

{{/* Room for the last good rulesets: twice, since a file is written beside the one that it replaces. */}}
{{- define "flagoperator.stateSize" -}}
{{ if .Values.lists.sources }}1Gi{{ else }}256Mi{{ end }}
{{- end }}
