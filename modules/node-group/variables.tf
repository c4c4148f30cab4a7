variable "name" {
  description = "Name of the group. A suffix is added, so that a group that has to be replaced can stand beside its successor."
  type        = string
  nullable    = false

  validation {
    condition     = can(regex("^[a-z][a-z0-9-]{0,22}[a-z0-9]$", var.name))
    error_message = "`name` must be 2 to 24 characters of a-z, 0-9 and `-`, start with a letter and not end with `-`."
  }
}

variable "cluster_name" {
  description = "Name of the EKS cluster that the nodes join."
  type        = string
  nullable    = false

  validation {
    condition     = can(regex("^[0-9A-Za-z][0-9A-Za-z_-]{0,99}$", var.cluster_name))
    error_message = "`cluster_name` must be 1 to 100 letters, digits, `-` or `_`, and start with a letter or digit."
  }
}

variable "kubernetes_version" {
  description = "Kubernetes minor version of the nodes, `1.33`. Pass the `version` output of the cluster, so that the nodes follow the control plane."
  type        = string
  nullable    = false

  validation {
    condition     = can(regex("^1\\.(2[89]|[3-9][0-9])$", var.kubernetes_version))
    error_message = "`kubernetes_version` must be a minor version such as `1.33`, without a patch number."
  }
}

variable "subnet_ids" {
  description = "Zone ID => private subnet of the nodes. One zone is allowed: GPU capacity and volumes are often in one."
  type        = map(string)
  nullable    = false

  validation {
    condition     = length(var.subnet_ids) >= 1
    error_message = "`subnet_ids` must name at least one subnet."
  }
}

variable "security_group_ids" {
  description = "Name => security group that the nodes carry. One of them is the cluster security group, without which nodes do not reach the control plane."
  type        = map(string)
  nullable    = false

  validation {
    condition     = length(var.security_group_ids) >= 1 && length(var.security_group_ids) <= 5
    error_message = "`security_group_ids` must name 1 to 5 security groups, the cluster's own among them."
  }
}

variable "node_role" {
  description = "ARN of a role that the nodes take, such as the cluster's `node_role_arn`. Null makes a role for this group alone. An object, so that the ARN may be unknown while planning."
  type        = object({ arn = string })
  default     = null

  validation {
    condition     = var.node_role == null || can(regex("^arn:[a-z-]+:iam::[0-9]{12}:role/.+$", var.node_role.arn))
    error_message = "`node_role.arn` must be the ARN of an IAM role, for example `arn:aws:iam::123456789012:role/nodes`."
  }
}

variable "node_policy_arns" {
  description = "Name => ARN of a policy that the group's own role gets beside joining the cluster and pulling images."
  type        = map(string)
  default     = {}
  nullable    = false

  validation {
    condition     = length(var.node_policy_arns) == 0 || var.node_role == null
    error_message = "`node_policy_arns` is for the role that this module makes. Attach policies to `node_role` where that role is made."
  }

  validation {
    condition     = alltrue([for arn in values(var.node_policy_arns) : can(regex("^arn:[a-z-]+:iam::([0-9]{12}|aws):policy/.+$", arn))])
    error_message = "`node_policy_arns` takes ARNs of IAM policies, for example `arn:aws:iam::aws:policy/AmazonSSMManagedInstanceCore`."
  }

  validation {
    condition     = alltrue([for arn in values(var.node_policy_arns) : !endswith(arn, "/AmazonEKS_CNI_Policy")])
    error_message = "`AmazonEKS_CNI_Policy` does not belong on a node role: every pod of the node could change the network. The vpc-cni add-on has a role of its own."
  }
}

variable "instance_types" {
  description = "Instance types of one architecture, the preferred first. EKS cannot change them in place: another list brings a new group, which is up before the old one is drained."
  type        = list(string)
  nullable    = false

  validation {
    condition     = length(var.instance_types) > 0 && length(var.instance_types) <= 20 && alltrue([for type in var.instance_types : can(regex("^[a-z0-9-]+\\.[a-z0-9-]+$", type))])
    error_message = "`instance_types` must name 1 to 20 instance types, for example `m7i.large`."
  }
}

variable "capacity_type" {
  description = "`ON_DEMAND`, `SPOT` or `CAPACITY_BLOCK`. EKS drains spot nodes of a managed group itself when their notice comes, and all nodes of a capacity block 40 minutes before its end."
  type        = string
  default     = "ON_DEMAND"
  nullable    = false

  validation {
    condition     = contains(["ON_DEMAND", "SPOT", "CAPACITY_BLOCK"], var.capacity_type)
    error_message = "`capacity_type` must be `ON_DEMAND`, `SPOT` or `CAPACITY_BLOCK`."
  }

  validation {
    condition     = var.capacity_type != "CAPACITY_BLOCK" || (length(var.instance_types) == 1 && length(var.subnet_ids) == 1)
    error_message = "`capacity_type` `CAPACITY_BLOCK` takes one of `instance_types` and one of `subnet_ids`: those of the block."
  }
}

variable "capacity_reservation_id" {
  description = "On-demand capacity reservation, or with `capacity_type` `CAPACITY_BLOCK` the capacity block, that the nodes use; or null. Another block brings another group."
  type        = string
  default     = null

  validation {
    condition     = var.capacity_reservation_id == null || (can(regex("^cr-[0-9a-f]+$", var.capacity_reservation_id)) && var.capacity_type != "SPOT")
    error_message = "`capacity_reservation_id` must be an ID such as `cr-0123456789abcdef0`, together with `capacity_type` `ON_DEMAND` or `CAPACITY_BLOCK`."
  }

  validation {
    condition     = var.capacity_reservation_id == null || length(var.subnet_ids) == 1
    error_message = "`capacity_reservation_id` names capacity of one zone: give the subnet of that zone alone in `subnet_ids`. Nodes of other zones would never start."
  }

  validation {
    condition     = var.capacity_reservation_id == null || var.capacity_reservation_group_arn == null
    error_message = "`capacity_reservation_id` and `capacity_reservation_group_arn` exclude each other: name the reservation or its group."
  }

  validation {
    condition     = var.capacity_type != "CAPACITY_BLOCK" || var.capacity_reservation_id != null || var.capacity_reservation_group_arn != null
    error_message = "`capacity_type` `CAPACITY_BLOCK` needs the block: its ID in `capacity_reservation_id`, or for UltraServers the ARN of its resource group in `capacity_reservation_group_arn`."
  }
}

variable "capacity_reservation_group_arn" {
  description = "ARN of a resource group of capacity reservations that the nodes use, or null. Capacity blocks of UltraServers (GB200) are used by such a group."
  type        = string
  default     = null

  validation {
    condition     = var.capacity_reservation_group_arn == null || can(regex("^arn:[a-z-]+:resource-groups:[a-z0-9-]+:[0-9]{12}:group/.+$", var.capacity_reservation_group_arn))
    error_message = "`capacity_reservation_group_arn` must be the ARN of a resource group, for example `arn:aws:resource-groups:us-east-1:123456789012:group/blocks`."
  }

  validation {
    condition     = var.capacity_reservation_group_arn == null || var.capacity_type != "SPOT"
    error_message = "`capacity_reservation_group_arn` goes with `capacity_type` `ON_DEMAND` or `CAPACITY_BLOCK`."
  }
}

variable "size" {
  description = "Nodes that run (`desired`, `min` when left out), and the bounds within which a rollout or a person may change that."
  type = object({
    min     = number
    max     = number
    desired = optional(number)
  })
  nullable = false

  validation {
    condition     = var.size.min >= 0 && var.size.max >= 1 && var.size.max >= var.size.min
    error_message = "`size` needs `min` of 0 or more, `max` of 1 or more, and `max` not below `min`."
  }

  validation {
    condition     = var.size.desired == null || (coalesce(var.size.desired, var.size.min) >= var.size.min && coalesce(var.size.desired, var.size.min) <= var.size.max)
    error_message = "`size.desired` must lie between `min` and `max`."
  }
}

variable "ami" {
  description = "`al2023` or `bottlerocket`."
  type        = string
  default     = "al2023"
  nullable    = false

  validation {
    condition     = contains(["al2023", "bottlerocket"], var.ami)
    error_message = "`ami` must be `al2023` or `bottlerocket`."
  }
}

variable "accelerator" {
  description = "Null, `nvidia` for images with the NVIDIA driver, `neuron` for AWS Inferentia and Trainium."
  type        = string
  default     = null

  validation {
    condition     = var.accelerator == null || contains(["nvidia", "neuron"], coalesce(var.accelerator, "-"))
    error_message = "`accelerator` must be `nvidia`, `neuron` or null."
  }

  validation {
    condition     = var.accelerator != "neuron" || var.ami == "al2023"
    error_message = "`accelerator` `neuron` needs `ami` `al2023`: EKS has no Bottlerocket image with the Neuron driver."
  }
}

variable "fips" {
  description = "Whether the image has cryptographic modules validated by FIPS 140-3. For `bottlerocket`; with `accelerator` `nvidia` it needs a version of the AWS provider that knows that image, which 5.100 does not."
  type        = bool
  default     = false
  nullable    = false

  validation {
    condition     = !var.fips || var.ami == "bottlerocket"
    error_message = "`fips` needs `ami` `bottlerocket`: EKS has no FIPS image of Amazon Linux 2023."
  }
}

variable "ami_release_version" {
  description = "Release of the image, to pin it (`1.33.7-20260129`; of Bottlerocket `1.54.0-5043decc`); `newest` follows what AWS recommends for `kubernetes_version`, at each apply; null takes the newest when the group is made and at version upgrades."
  type        = string
  default     = null

  validation {
    condition     = var.ami_release_version == null || can(regex("^(newest|[0-9]+\\.[0-9]+\\.[0-9]+-[0-9a-f]+)$", var.ami_release_version))
    error_message = "`ami_release_version` must be a release such as `1.33.7-20260129` (Bottlerocket: `1.54.0-5043decc`), `newest` or null."
  }
}

variable "force_update_version" {
  description = "Whether a rollout goes on where a pod disruption budget keeps a node from being drained. Such pods are then ended without regard to it."
  type        = bool
  default     = false
  nullable    = false
}

variable "disk" {
  description = "The data volume: size in GiB, and optionally IOPS, throughput in MiB/s and a key of your own. Always gp3 and encrypted; without `kms_key_arn` with the account's default EBS key."
  type = object({
    gib         = optional(number, 100)
    iops        = optional(number)
    throughput  = optional(number)
    kms_key_arn = optional(string)
  })
  default  = {}
  nullable = false

  validation {
    condition     = var.disk.gib >= 20 && var.disk.gib <= 16384
    error_message = "`disk.gib` must be between 20 and 16384."
  }

  validation {
    condition     = coalesce(var.disk.iops, 3000) >= 3000 && coalesce(var.disk.iops, 3000) <= 16000
    error_message = "`disk.iops` must be between 3000 and 16000, which is what gp3 offers."
  }

  validation {
    condition     = coalesce(var.disk.throughput, 125) >= 125 && coalesce(var.disk.throughput, 125) <= 1000
    error_message = "`disk.throughput` must be between 125 and 1000 MiB/s, which is what gp3 offers."
  }
}

variable "labels" {
  description = "Kubernetes labels of the nodes."
  type        = map(string)
  default     = {}
  nullable    = false

  validation {
    condition     = alltrue([for key in keys(var.labels) : startswith(key, "node.kubernetes.io/") || !can(regex("^([^/]*\\.)?(kubernetes\\.io|k8s\\.io|eks\\.amazonaws\\.com)/", key))])
    error_message = "`labels` may not use the prefixes `kubernetes.io`, `k8s.io` and `eks.amazonaws.com`: the API server refuses them from a node (`node.kubernetes.io/` excepted)."
  }
}

variable "taints" {
  description = "Taint key => value and effect (`NO_SCHEDULE`, `NO_EXECUTE`, `PREFER_NO_SCHEDULE`)."
  type = map(object({
    value  = optional(string)
    effect = string
  }))
  default  = {}
  nullable = false

  validation {
    condition     = alltrue([for taint in values(var.taints) : contains(["NO_SCHEDULE", "NO_EXECUTE", "PREFER_NO_SCHEDULE"], taint.effect)])
    error_message = "`taints` takes the effects `NO_SCHEDULE`, `NO_EXECUTE` and `PREFER_NO_SCHEDULE`."
  }
}

variable "max_unavailable" {
  description = "Nodes that a rollout may drain at once: a number (`{ number = 1 }`) or a share (`{ percentage = 33 }`)."
  type = object({
    number     = optional(number)
    percentage = optional(number)
  })
  default  = { number = 1 }
  nullable = false

  validation {
    condition     = (var.max_unavailable.number == null) != (var.max_unavailable.percentage == null)
    error_message = "`max_unavailable` takes either `number` or `percentage`."
  }

  validation {
    condition     = coalesce(var.max_unavailable.number, 1) >= 1 && coalesce(var.max_unavailable.number, 1) <= 100 && coalesce(var.max_unavailable.percentage, 1) >= 1 && coalesce(var.max_unavailable.percentage, 1) <= 100
    error_message = "`max_unavailable` must be between 1 and 100."
  }
}

variable "repair" {
  description = "Whether EKS replaces nodes that the node monitoring agent reports as broken."
  type        = bool
  default     = true
  nullable    = false
}

variable "user_data" {
  description = "Text for the launch template, or null: on `al2023` a MIME multi-part document (nodeadm's `NodeConfig` among it), on `bottlerocket` TOML. EKS merges its own part. No secrets: whoever may describe the template reads it."
  type        = string
  default     = null
}

variable "timeouts" {
  description = "How long Terraform waits for EKS to make, update or delete the group, such as `{ update = \"4h\" }`: a rollout drains node after node. Null is an hour for each."
  type = object({
    create = optional(string)
    update = optional(string)
    delete = optional(string)
  })
  default = null

  validation {
    condition     = alltrue([for time in values(var.timeouts == null ? {} : var.timeouts) : time == null ? true : can(regex("^([0-9]+[smh])+$", time))])
    error_message = "`timeouts` takes hours, minutes and seconds such as `90m` or `4h`."
  }
}

variable "permissions_boundary" {
  description = "ARN of the IAM policy that bounds the group's role, or null."
  type        = string
  default     = null

  validation {
    condition     = var.permissions_boundary == null || can(regex("^arn:[a-z-]+:iam::([0-9]{12}|aws):policy/.+$", var.permissions_boundary))
    error_message = "`permissions_boundary` must be the ARN of an IAM policy, for example `arn:aws:iam::123456789012:policy/boundary`."
  }
}
