variable "cluster" {
  description = "The cluster, as the module `cluster` tells of it. `version` is the Kubernetes minor, such as `1.35`."
  type = object({
    name    = string
    region  = string
    vpc_id  = string
    version = string
  })
  nullable = false

  validation {
    condition     = can(regex("^[0-9A-Za-z][0-9A-Za-z_-]{0,99}$", var.cluster.name))
    error_message = "`cluster.name` must be the name of an EKS cluster: 1 to 100 letters, digits, `-` and `_`."
  }

  validation {
    condition     = can(regex("^[a-z]{2}(-[a-z]+)+-[0-9]$", var.cluster.region))
    error_message = "`cluster.region` must be a region, for example `us-east-1`."
  }

  validation {
    condition     = can(regex("^vpc-[0-9a-z]+$", var.cluster.vpc_id))
    error_message = "`cluster.vpc_id` must be the ID of a VPC, for example `vpc-0123456789abcdef0`."
  }

  validation {
    condition     = can(regex("^1\\.[0-9]{2}$", var.cluster.version))
    error_message = "`cluster.version` must be a Kubernetes minor, for example `1.35`."
  }
}

variable "addons" {
  description = "Add-on => what differs from this module's choice. `enabled`: null is the default of the table above. `version`: of its chart, and of the chart with its custom resources where both are numbered alike. `crds_version`: of the latter where it has numbers of its own (`kube-prometheus-stack`). `values`: YAML or JSON that is merged over the values of this module, for `istio` below the names of its charts (`base`, `istiod`, `gateway`)."
  type = map(object({
    enabled      = optional(bool)
    version      = optional(string)
    crds_version = optional(string)
    values       = optional(string)
  }))
  default  = {}
  nullable = false

  validation {
    condition     = length(setsubtract(keys(var.addons), local.addon_names)) == 0
    error_message = "`addons` has keys that are no add-ons: ${join(", ", setsubtract(keys(var.addons), local.addon_names))}. There are: ${join(", ", local.addon_names)}."
  }

  validation {
    condition     = alltrue([for addon in values(var.addons) : addon.values == null || can(keys(yamldecode(addon.values)))])
    error_message = "`addons[…].values` must be YAML or JSON with a map at its top, for example `replicas: 3`. Not so: ${join(", ", [for name, addon in var.addons : name if addon.values != null && !can(keys(yamldecode(addon.values)))])}."
  }

  validation {
    condition     = try(length(setsubtract(keys(yamldecode(var.addons["istio"].values)), ["base", "istiod", "gateway"])) == 0, true)
    error_message = "`addons[\"istio\"].values` has one map for each of its charts: `base`, `istiod` and `gateway`."
  }

  validation {
    condition     = alltrue([for name, addon in var.addons : addon.crds_version == null || name == "kube-prometheus-stack"])
    error_message = "`addons[…].crds_version` is for `kube-prometheus-stack`, whose custom resources have a chart with versions of its own."
  }
}

variable "aws_values" {
  description = "Add-on => values for its chart that belong to what was made in AWS: `chart_values` of the module `addon-identities`, and that of `karpenter` under `karpenter`."
  type        = any
  default     = {}
  nullable    = false

  validation {
    condition     = can(keys(var.aws_values)) && length(setsubtract(try(keys(var.aws_values), []), local.addon_names)) == 0
    error_message = "`aws_values` must be a map from add-ons to values. There are: ${join(", ", local.addon_names)}."
  }
}

variable "mirror" {
  description = "Where charts and images come from instead of their publishers. `charts`: repository of every chart. `registries`: host of images => what stands in its place, such as `\"quay.io\" = \"123456789012.dkr.ecr.us-east-1.amazonaws.com/quay\"`; hosts that are not listed stay."
  type = object({
    charts     = optional(string)
    registries = optional(map(string), {})
  })
  default  = {}
  nullable = false

  validation {
    condition     = var.mirror.charts == null || can(regex("^(https://|oci://|http://(127\\.0\\.0\\.1|localhost)[:/]).+[^/]$", var.mirror.charts))
    error_message = "`mirror.charts` must be the address of a chart repository, `https://…` or `oci://…`, without a slash at its end."
  }

  validation {
    condition     = length(setsubtract(keys(var.mirror.registries), local.image_hosts)) == 0
    error_message = "`mirror.registries` has hosts that no chart takes images from: ${join(", ", setsubtract(keys(var.mirror.registries), local.image_hosts))}. There are: ${join(", ", local.image_hosts)}."
  }

  validation {
    condition     = alltrue([for registry in values(var.mirror.registries) : can(regex("^[a-z0-9][a-z0-9.-]*(:[0-9]+)?(/[a-z0-9._-]+)*$", registry))])
    error_message = "`mirror.registries` takes a registry and perhaps a path in it, such as `registry.example.com/quay`, without `https://` and without a slash at its end."
  }
}

variable "mtls" {
  description = "What the mesh asks of connections between pods that have a sidecar: `STRICT` refuses what is not mutual TLS, `PERMISSIVE` takes both while workloads join."
  type        = string
  default     = "STRICT"
  nullable    = false

  validation {
    condition     = contains(["STRICT", "PERMISSIVE"], var.mtls)
    error_message = "`mtls` must be `STRICT` or `PERMISSIVE`."
  }
}

variable "mtls_exceptions" {
  description = "Name => ports on which the pods of some labels in a namespace are also called without mutual TLS: by what has no sidecar, such as the API server that calls a webhook. Gateways need none, nor does what has no sidecar itself."
  type = map(object({
    namespace    = string
    match_labels = map(string)
    ports        = set(number)
  }))
  default  = {}
  nullable = false

  validation {
    condition     = alltrue([for name in keys(var.mtls_exceptions) : can(regex("^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$", name)) && name != "default"])
    error_message = "A key of `mtls_exceptions` is the name of a PeerAuthentication: a-z, 0-9 and `-`, at most 63 characters, and not `default`."
  }

  validation {
    condition     = alltrue([for exception in values(var.mtls_exceptions) : length(exception.match_labels) > 0 && length(exception.ports) > 0 && alltrue([for port in exception.ports : floor(port) == port && port >= 1 && port <= 65535])])
    error_message = "`mtls_exceptions.*` names pods by at least one of their labels, and ports between 1 and 65535: an exception for everything is `mtls = \"PERMISSIVE\"`."
  }
}

variable "ingress" {
  description = "The way in, made by the module `ingress`: `hosts` that the gateway takes (`[\"*\"]` for all), and its output `target_group_bindings`, by which the gateway's pods become targets. `reencrypt`: requests come encrypted, and cert-manager makes the gateway's certificate. `forwards_protocol`: the load balancer says by headers who the client is and how it came, as an `alb` does. Null: nothing leads to the gateway from outside."
  type = object({
    hosts                 = list(string)
    target_group_bindings = any
    reencrypt             = optional(bool, false)
    forwards_protocol     = optional(bool, false)
  })
  default = null

  validation {
    condition     = var.ingress == null || (try(length(var.ingress.hosts), 0) > 0 && alltrue([for binding in try(values(var.ingress.target_group_bindings), []) : can(binding.metadata.name) && can(binding.spec.targetGroupARN)]))
    error_message = "`ingress` needs at least one of `hosts`, and bindings as the output `target_group_bindings` of the module `ingress` has them."
  }

  validation {
    condition     = alltrue([for binding in try(values(var.ingress.target_group_bindings), []) : try(binding.metadata.namespace, "") == "istio-system"])
    error_message = "`ingress.target_group_bindings` are for the gateway's service, whose namespace is `istio-system`."
  }
}

variable "network_policies" {
  description = "Whether pods in the add-ons' namespaces take only the connections that they are there for. It is enforced where the VPC CNI's network policy agent is on."
  type        = bool
  default     = true
  nullable    = false
}

variable "storage" {
  description = "The default storage class `gp3`, which encrypts. `kms_key_arn`: with this key in place of AWS's own for EBS. `efs_file_system_id`: a second class, `efs-sc`, with access points in that file system."
  type = object({
    kms_key_arn        = optional(string)
    efs_file_system_id = optional(string)
  })
  default  = {}
  nullable = false

  validation {
    condition     = var.storage.kms_key_arn == null || can(regex("^arn:[a-z-]+:kms:[a-z0-9-]+:[0-9]{12}:key/.+$", var.storage.kms_key_arn))
    error_message = "`storage.kms_key_arn` must be the ARN of a KMS key, `arn:aws:kms:us-east-1:123456789012:key/…`."
  }

  validation {
    condition     = var.storage.efs_file_system_id == null || can(regex("^fs-[0-9a-f]+$", var.storage.efs_file_system_id))
    error_message = "`storage.efs_file_system_id` must be the ID of an EFS file system, for example `fs-0123456789abcdef0`."
  }
}
