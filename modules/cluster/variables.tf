variable "name" {
  description = "Name of the cluster. It also starts the names of its roles, key alias and node group."
  type        = string
  nullable    = false

  validation {
    condition     = can(regex("^[a-z][a-z0-9-]{1,22}[a-z0-9]$", var.name))
    error_message = "`name` must be 3 to 24 characters of a-z, 0-9 and `-`, start with a letter and not end with `-`."
  }
}

variable "kubernetes_version" {
  description = "Kubernetes minor version, `1.33`. Raising it by one upgrades the control plane, then add-ons and system nodes, in place."
  type        = string
  nullable    = false

  validation {
    condition     = can(regex("^1\\.(2[89]|[3-9][0-9])$", var.kubernetes_version))
    error_message = "`kubernetes_version` must be a minor version such as `1.33`, without a patch number. `aws eks describe-cluster-versions` lists what EKS offers."
  }
}

variable "support_type" {
  description = "What happens when the version leaves standard support: `STANDARD` lets AWS upgrade the cluster, `EXTENDED` pays for keeping the version."
  type        = string
  default     = "STANDARD"
  nullable    = false

  validation {
    condition     = contains(["STANDARD", "EXTENDED"], var.support_type)
    error_message = "`support_type` must be `STANDARD` or `EXTENDED`."
  }
}

variable "vpc_id" {
  description = "VPC of the subnets. EKS infers it from them; the cluster is checked against it."
  type        = string
  nullable    = false
}

variable "subnet_ids" {
  description = "Zone ID => private subnet of the system nodes."
  type        = map(string)
  nullable    = false

  validation {
    condition     = length(var.subnet_ids) >= 2
    error_message = "`subnet_ids` must name subnets of at least two zones."
  }
}

variable "control_plane_subnet_ids" {
  description = "Zone ID => subnet that takes the control plane's network interfaces. Small subnets without a way out are the right ones. Only the zones at creation count: EKS moves no control plane into another."
  type        = map(string)
  nullable    = false

  validation {
    condition     = length(setsubtract(keys(var.control_plane_subnet_ids), local.zones_without_control_plane)) >= 2
    error_message = "`control_plane_subnet_ids` must name subnets of at least two zones, not counting those in which EKS runs no control plane (${join(", ", local.zones_without_control_plane)})."
  }
}

variable "pod_subnets" {
  description = "Zone ID => subnet for pods and the zone's name. Given, pods take addresses of these subnets (custom networking with prefix delegation); empty, they take addresses of the nodes' subnets."
  type = map(object({
    subnet_id = string
    zone_name = string
  }))
  default  = {}
  nullable = false

  validation {
    condition     = length(var.pod_subnets) == 0 || length(setsubtract(keys(var.subnet_ids), keys(var.pod_subnets))) == 0
    error_message = "`pod_subnets` must cover every zone of `subnet_ids`: pods on nodes of a zone without one would get no address."
  }
}

variable "endpoint_public_from" {
  description = "IPv4 blocks that may reach the API endpoint from the internet. Empty keeps the endpoint private. The private endpoint is always on."
  type        = list(string)
  default     = []
  nullable    = false

  validation {
    condition     = alltrue([for block in var.endpoint_public_from : can(cidrhost(block, 0)) && !strcontains(block, ":")])
    error_message = "`endpoint_public_from` takes IPv4 blocks such as `203.0.113.0/24`."
  }

  validation {
    condition     = alltrue([for block in var.endpoint_public_from : try(tonumber(split("/", block)[1]) >= 8, true)])
    error_message = "`endpoint_public_from` must not hold `0.0.0.0/0` or any block wider than a /8: that opens the API to the internet. List the networks of your people and runners, or leave it empty."
  }
}

variable "admins" {
  description = "Name => ARN of an IAM role or user that administers the cluster. Nobody else does: who creates the cluster gets no rights from that."
  type        = map(string)
  default     = {}
  nullable    = false

  validation {
    condition     = alltrue([for arn in values(var.admins) : can(regex("^arn:[a-z-]+:iam::[0-9]{12}:(role|user)/.+$", arn))])
    error_message = "`admins` takes ARNs of IAM roles or users, for example `arn:aws:iam::123456789012:role/platform-admin`. An assumed-role session (`arn:aws:sts::…`) or an account's root cannot be an access entry."
  }

  validation {
    condition     = length(distinct(values(var.admins))) == length(var.admins)
    error_message = "`admins` names a principal twice: EKS keeps one access entry per principal."
  }
}

variable "log_retention_days" {
  description = "Days for which the control plane's logs are kept."
  type        = number
  default     = 365
  nullable    = false

  validation {
    condition     = contains([1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827, 2192, 2557, 2922, 3288, 3653], var.log_retention_days)
    error_message = "`log_retention_days` must be a period that CloudWatch Logs knows: 1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827, 2192, 2557, 2922, 3288 or 3653."
  }
}

variable "system_nodes" {
  description = "The on-demand node group that carries CoreDNS, Karpenter and the agent; everything else belongs on Karpenter's nodes. `min` nodes run, `max` bounds what a rollout may add. `disk_gib` is the data volume. `ami_release_version` pins the AMI, null takes the newest when the group is made and at version upgrades."
  type = object({
    instance_types      = list(string)
    min                 = number
    max                 = number
    ami                 = string
    disk_gib            = optional(number, 50)
    ami_release_version = optional(string)
  })
  nullable = false

  validation {
    condition     = length(var.system_nodes.instance_types) > 0 && alltrue([for type in var.system_nodes.instance_types : can(regex("^[a-z0-9-]+\\.[a-z0-9-]+$", type))])
    error_message = "`system_nodes.instance_types` must name at least one instance type, for example `m7i.large`."
  }

  # Graviton families carry a `g` right after the generation number (m7g, c6gn, t4g); a1 was the first.
  validation {
    condition     = length(distinct([for type in var.system_nodes.instance_types : can(regex("^(a1|[a-z]+[0-9]+g[a-z]*)\\.", type))])) == 1
    error_message = "`system_nodes.instance_types` mixes Graviton (arm64) and x86 types: one node group has one architecture."
  }

  validation {
    condition     = var.system_nodes.min >= 2 && var.system_nodes.max > var.system_nodes.min
    error_message = "`system_nodes` needs `min` of at least 2, so that a lost node does not take CoreDNS and Karpenter along, and `max` above `min`, so that a rollout can add a node before it drains one."
  }

  validation {
    condition     = contains(["al2023", "bottlerocket"], var.system_nodes.ami)
    error_message = "`system_nodes.ami` must be `al2023` or `bottlerocket`."
  }

  validation {
    condition     = var.system_nodes.disk_gib >= 20 && var.system_nodes.disk_gib <= 16384
    error_message = "`system_nodes.disk_gib` must be between 20 and 16384."
  }
}

variable "identity" {
  description = "How service accounts get AWS roles: `pod-identity`, or `irsa` with the cluster's OIDC provider."
  type        = string
  default     = "pod-identity"
  nullable    = false

  validation {
    condition     = contains(["pod-identity", "irsa"], var.identity)
    error_message = "`identity` must be `pod-identity` or `irsa`."
  }
}

variable "addon_versions" {
  description = "Add-on name => version, to pin one. What is not named runs the default version of `kubernetes_version`."
  type        = map(string)
  default     = {}
  nullable    = false

  validation {
    condition = length(setsubtract(keys(var.addon_versions), [
      "vpc-cni", "kube-proxy", "eks-pod-identity-agent", "coredns", "aws-ebs-csi-driver", "eks-node-monitoring-agent",
    ])) == 0
    error_message = "`addon_versions` may name `vpc-cni`, `kube-proxy`, `eks-pod-identity-agent`, `coredns`, `aws-ebs-csi-driver` and `eks-node-monitoring-agent`."
  }
}

variable "permissions_boundary" {
  description = "ARN of the IAM policy that bounds the roles of this module, or null."
  type        = string
  default     = null

  validation {
    condition     = var.permissions_boundary == null || can(regex("^arn:[a-z-]+:iam::([0-9]{12}|aws):policy/.+$", var.permissions_boundary))
    error_message = "`permissions_boundary` must be the ARN of an IAM policy, for example `arn:aws:iam::123456789012:policy/boundary`."
  }
}
