variable "cluster_id" {
  description = "Identifier of the cluster in the control plane, whose token this is."
  type        = string
  nullable    = false
}

variable "cluster_token" {
  description = "The token with which the agent connects: `token` of the ephemeral resource `truefoundry_cluster_token`."
  type        = string
  ephemeral   = true
  sensitive   = true
  nullable    = false

  validation {
    condition     = length(trimspace(var.cluster_token)) > 0
    error_message = "`cluster_token` is empty: the agent would never be let in."
  }
}

variable "token_revision" {
  description = "Raise it to have the token written again, and the agent started with it: after the control plane has made another one for the same cluster."
  type        = number
  default     = 1
  nullable    = false

  validation {
    condition     = floor(var.token_revision) == var.token_revision && var.token_revision >= 1
    error_message = "`token_revision` must be a whole number from 1."
  }
}

variable "control_plane_url" {
  description = "Address of the control plane, such as `https://acme.truefoundry.cloud`."
  type        = string
  nullable    = false

  validation {
    condition     = can(regex("^(https://[^/@]+|http://(127\\.0\\.0\\.1|localhost)(:[0-9]+)?)$", var.control_plane_url))
    error_message = "`control_plane_url` must be `https://` and a host, without a path and without a slash at its end."
  }
}

variable "tenant_name" {
  description = "Tenant of the control plane: `tenant_name` of the resource `truefoundry_cluster`."
  type        = string
  nullable    = false

  validation {
    condition     = length(trimspace(var.tenant_name)) > 0
    error_message = "`tenant_name` is empty: the agent would speak for nobody."
  }
}

variable "external_secrets" {
  description = "Whether the External Secrets operator is in the cluster: then the chart makes the store by which workloads get secrets of the control plane."
  type        = bool
  default     = false
  nullable    = false
}

variable "prometheus_url" {
  description = "Where the agent asks for metrics, inside the cluster. Null: nowhere."
  type        = string
  default     = null
}

variable "critical_nodes" {
  description = "Whether there are nodes labelled `class.truefoundry.com/component=critical`, on which the agent then runs."
  type        = bool
  default     = false
  nullable    = false
}

variable "cluster_admin" {
  description = "Whether the control plane may do everything in the cluster by the agent's proxy. Without it, what deployments, logs and scaling need."
  type        = bool
  default     = false
  nullable    = false
}

variable "egress" {
  description = "An allow-list for connections out of the cluster, kept by the mesh (`istio` has to be there): the control plane, the vendor's hosts, and `hosts`. Null: no limit."
  type        = object({ hosts = optional(set(string), []) })
  default     = null

  validation {
    condition     = alltrue([for host in try(var.egress.hosts, []) : can(regex("^([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\\.)+[a-z]{2,}$", host))])
    error_message = "`egress.hosts` takes host names, such as `proxy.acme.com`, without `https://`."
  }
}

variable "chart" {
  description = "What differs of the chart: `version`, and `values`, YAML that is merged over this module's."
  type = object({
    version = optional(string)
    values  = optional(string)
  })
  default  = {}
  nullable = false

  validation {
    condition     = var.chart.values == null || can(keys(yamldecode(var.chart.values)))
    error_message = "`chart.values` must be YAML or JSON with a map at its top."
  }

  validation {
    condition     = try(yamldecode(var.chart.values).config.clusterToken, null) == null
    error_message = "`chart.values` holds a token: it would stand in the state, and in Helm's record in the cluster. The token of `cluster_token` goes its own way."
  }
}

variable "mirror" {
  description = "Where the chart and its images come from instead of the vendor, as in the module `addons`."
  type = object({
    charts     = optional(string)
    registries = optional(map(string), {})
  })
  default  = {}
  nullable = false
}
