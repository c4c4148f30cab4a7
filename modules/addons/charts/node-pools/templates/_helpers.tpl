{{- define "node-pools.labels" -}}
app.kubernetes.io/name: {{ .Chart.Name }}
app.kubernetes.io/instance: {{ .Release.Name }}
app.kubernetes.io/managed-by: {{ .Release.Service }}
helm.sh/chart: {{ .Chart.Name }}-{{ .Chart.Version }}
{{- end }}

{{/* One requirement of `In`, where there is something to list. */}}
{{- define "node-pools.in" -}}
{{- with .values }}
- key: {{ $.key }}
  operator: In
  values:
    {{- range . }}
    - {{ . | quote }}
    {{- end }}
{{- end }}
{{- end }}

{{/* One requirement of a number above another. */}}
{{- define "node-pools.above" -}}
- key: {{ .key }}
  operator: Gt
  values: [{{ .value | int | quote }}]
{{- end }}

{{- define "node-pools.taints" -}}
{{- range . }}
- key: {{ .key | quote }}
  {{- with .value }}
  value: {{ . | quote }}
  {{- end }}
  effect: {{ .effect }}
{{- end }}
{{- end }}
