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

variable "log_types" {
  description = "Which logs of the control plane go to CloudWatch, of `api`, `audit`, `authenticator`, `controllerManager` and `scheduler`; all of them by default. `audit` says who did what, and is most of what is paid for; what is not logged cannot be had later."
  type        = set(string)
  default     = ["api", "audit", "authenticator", "controllerManager", "scheduler"]
  nullable    = false

  validation {
    condition     = length(setsubtract(var.log_types, ["api", "audit", "authenticator", "controllerManager", "scheduler"])) == 0
    error_message = "`log_types` takes `api`, `audit`, `authenticator`, `controllerManager` and `scheduler`."
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
  description = "The on-demand node group that carries CoreDNS, Karpenter and the agent; everything else belongs on Karpenter's nodes. `min` nodes run, `max` bounds what a rollout may add. `disk_gib` is the data volume. `ami_release_version` pins the AMI, `newest` follows what AWS recommends for `kubernetes_version` at each apply, null takes the newest when the group is made and at version upgrades. `fips` takes Bottlerocket's image with validated cryptography; `force_update_version` lets a rollout go on over disruption budgets; `timeouts` say how long Terraform waits. `kms_key_arn` encrypts the volumes instead of the account's default EBS key; `critical` gives the nodes the label that the platform's own pods select; not where Karpenter has a pool for these."
  type = object({
    instance_types      = list(string)
    min                 = number
    max                 = number
    ami                 = string
    disk_gib            = optional(number, 50)
    ami_release_version = optional(string)
    kms_key_arn         = optional(string)
    labels              = optional(map(string), {})
    critical            = optional(bool, true)

    fips                 = optional(bool, false)
    force_update_version = optional(bool, false)
    timeouts             = optional(object({ create = optional(string), update = optional(string), delete = optional(string) }))
  })
  nullable = false

  validation {
    condition     = length(var.system_nodes.instance_types) > 0 && alltrue([for type in var.system_nodes.instance_types : can(regex("^[a-z0-9-]+\\.[a-z0-9-]+$", type))])
    error_message = "`system_nodes.instance_types` must name at least one instance type, for example `m7i.large`."
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

  validation {
    condition     = !var.system_nodes.fips || var.system_nodes.ami == "bottlerocket"
    error_message = "`system_nodes.fips` needs `ami` `bottlerocket`: EKS has no FIPS image of Amazon Linux 2023."
  }

  validation {
    condition     = var.system_nodes.ami_release_version == null || can(regex("^(newest|[0-9]+\\.[0-9]+\\.[0-9]+-[0-9a-f]+)$", var.system_nodes.ami_release_version))
    error_message = "`system_nodes.ami_release_version` must be a release such as `1.33.7-20260129` (Bottlerocket: `1.54.0-5043decc`), `newest` or null."
  }

  validation {
    condition     = alltrue([for time in values(var.system_nodes.timeouts == null ? {} : var.system_nodes.timeouts) : time == null ? true : can(regex("^([0-9]+[smh])+$", time))])
    error_message = "`system_nodes.timeouts` takes hours, minutes and seconds such as `90m` or `4h`."
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
    condition     = length(setsubtract(keys(var.addon_versions), local.known_addons)) == 0
    error_message = "`addon_versions` may name `${join("`, `", local.known_addons)}`."
  }
}

variable "extra_addons" {
  description = "Add-ons beside the six that every cluster gets, with the roles that they need and no settings: `aws-efs-csi-driver`, `aws-fsx-csi-driver`, `amazon-cloudwatch-observability`, `cert-manager`, `metrics-server`, `snapshot-controller`. With settings they, and the others, stand in `addons`."
  type        = set(string)
  default     = []
  nullable    = false

  validation {
    condition     = length(setsubtract(var.extra_addons, ["amazon-cloudwatch-observability", "aws-efs-csi-driver", "aws-fsx-csi-driver", "cert-manager", "metrics-server", "snapshot-controller"])) == 0
    error_message = "`extra_addons` may hold `amazon-cloudwatch-observability`, `aws-efs-csi-driver`, `aws-fsx-csi-driver`, `cert-manager`, `metrics-server` and `snapshot-controller`. `aws-mountpoint-s3-csi-driver` needs buckets and `external-dns` zones: name them in `addons`. For others make an `aws_eks_addon` beside this module."
  }
}

variable "addons" {
  description = "Add-on => its settings, over the defaults: six run without being named, any other runs once it is, and `{ enabled = false }` leaves one out. `version` and `configuration` (a JSON object) are as in `addon_versions` and `addon_configuration`. `kms_key_arns`: name => key with which the EBS, EFS and FSx drivers make volumes or that encrypts the buckets of `aws-mountpoint-s3-csi-driver`. `buckets`: name => what that driver mounts, `read_only` unless said otherwise. `zone_ids`: name => ID of a hosted zone for `external-dns` or `cert-manager`."
  type = map(object({
    enabled       = optional(bool, true)
    version       = optional(string)
    configuration = optional(string)
    kms_key_arns  = optional(map(string), {})
    zone_ids      = optional(map(string), {})
    buckets = optional(map(object({
      arn       = string
      prefix    = optional(string, "")
      read_only = optional(bool, true)
    })), {})
  }))
  default  = {}
  nullable = false

  validation {
    condition     = length(setsubtract(keys(var.addons), local.known_addons)) == 0
    error_message = "`addons` may name `${join("`, `", local.known_addons)}`. Others need settings that this module cannot guess: make an `aws_eks_addon` beside it."
  }

  validation {
    condition     = alltrue([for name, addon in var.addons : (addon.version == null || !contains(keys(var.addon_versions), name)) && (addon.configuration == null || !contains(keys(var.addon_configuration), name))])
    error_message = "`addons` gives a version or a configuration that `addon_versions` or `addon_configuration` gives as well: say each once."
  }

  validation {
    condition     = length([for name, addon in var.addons : name if !addon.enabled && contains(var.extra_addons, name)]) == 0
    error_message = "`addons` leaves an add-on out that `extra_addons` names: take it out of one of the two."
  }

  validation {
    condition     = alltrue([for addon in values(var.addons) : addon.configuration == null || can(keys(jsondecode(addon.configuration)))])
    error_message = "`addons.*.configuration` takes JSON objects: `jsonencode({ ... })`."
  }

  validation {
    condition     = var.identity != "pod-identity" || try(var.addons["eks-pod-identity-agent"].enabled, true)
    error_message = "`addons` leaves `eks-pod-identity-agent` out, without which no role reaches a pod. Keep it, or use `identity = \"irsa\"`."
  }

  validation {
    condition     = alltrue(flatten([for name, addon in var.addons : [for arn in values(addon.kms_key_arns) : can(regex("^arn:[a-z-]+:kms:[a-z0-9-]+:[0-9]{12}:key/.+$", arn)) && contains(["aws-ebs-csi-driver", "aws-efs-csi-driver", "aws-fsx-csi-driver", "aws-mountpoint-s3-csi-driver"], name)]]))
    error_message = "`addons.*.kms_key_arns` takes ARNs of KMS keys, not aliases, for `aws-ebs-csi-driver`, `aws-efs-csi-driver`, `aws-fsx-csi-driver` and `aws-mountpoint-s3-csi-driver`."
  }

  validation {
    condition     = alltrue(flatten([for name, addon in var.addons : [for zone in values(addon.zone_ids) : can(regex("^Z[0-9A-Z]{1,31}$", zone)) && contains(["cert-manager", "external-dns"], name)]]))
    error_message = "`addons.*.zone_ids` takes IDs of hosted zones such as `Z0123456789ABCDEFGHIJ`, for `cert-manager` and `external-dns`: neither domains nor `*`."
  }

  validation {
    condition     = !try(var.addons["external-dns"].enabled, false) || try(length(var.addons["external-dns"].zone_ids) > 0, false)
    error_message = "`addons.external-dns` needs `zone_ids`: without a zone it has no records to keep."
  }

  validation {
    condition     = var.identity != "irsa" || try(length(var.addons["cert-manager"].zone_ids), 0) == 0
    error_message = "`addons.cert-manager.zone_ids` needs `identity` `pod-identity`: EKS puts no role on that add-on's service account. With `irsa` install the chart, with the role of the module addon-identities."
  }

  validation {
    condition     = alltrue(flatten([for name, addon in var.addons : [for key, bucket in addon.buckets : can(regex("^[a-z0-9]([a-z0-9-]*[a-z0-9])?$", key)) && can(regex("^arn:[a-z-]+:s3:::[a-z0-9.-]{3,63}$", bucket.arn)) && can(regex("^([A-Za-z0-9_.-]+(/[A-Za-z0-9_.-]+)*)?$", bucket.prefix)) && name == "aws-mountpoint-s3-csi-driver"]]))
    error_message = "`addons.*.buckets` is for `aws-mountpoint-s3-csi-driver`: names of a-z, 0-9 and `-`, ARNs of buckets (`arn:aws:s3:::<bucket>`), and prefixes without `*` and without a slash at either end."
  }
}

variable "addon_configuration" {
  description = "Add-on name => its configuration as a JSON object, over what this module sets. `aws eks describe-addon-configuration` prints the schema."
  type        = map(string)
  default     = {}
  nullable    = false

  validation {
    condition     = alltrue([for text in values(var.addon_configuration) : can(keys(jsondecode(text)))])
    error_message = "`addon_configuration` takes JSON objects: `jsonencode({ ... })`."
  }

  validation {
    condition     = length(setsubtract(keys(var.addon_configuration), local.known_addons)) == 0
    error_message = "`addon_configuration` may name `${join("`, `", local.known_addons)}`."
  }
}

variable "auto_mode" {
  description = "EKS Auto Mode beside the system nodes: `node_pools` are those of EKS to run. `own_pools` makes a role, with its access entry, for node classes and pools of your own; it is on with `node_pools = []`. Null has never had Auto Mode; to switch it off again say `{ enabled = false }` and leave the rest as it was: roles stay, rights go when it is off. An AWS provider before 6.13 makes the cluster anew where pools that were on are taken out of `node_pools`."
  type = object({
    enabled    = optional(bool, true)
    node_pools = optional(set(string), ["general-purpose", "system"])
    own_pools  = optional(bool)
  })
  default = null

  validation {
    condition     = var.auto_mode == null || length(setsubtract(try(var.auto_mode.node_pools, []), ["general-purpose", "system"])) == 0
    error_message = "`auto_mode.node_pools` may hold `general-purpose` and `system`."
  }
}

variable "ip_family" {
  description = "Addresses of pods and services: `ipv4` or `ipv6`. EKS cannot change it: another one makes another cluster. `ipv6` needs dual-stack subnets."
  type        = string
  default     = "ipv4"
  nullable    = false

  validation {
    condition     = contains(["ipv4", "ipv6"], var.ip_family)
    error_message = "`ip_family` must be `ipv4` or `ipv6`."
  }

  validation {
    condition     = var.ip_family == "ipv4" || length(var.pod_subnets) == 0
    error_message = "`ip_family` `ipv6` and `pod_subnets` exclude each other: with IPv6, pods have addresses enough in the nodes' subnets."
  }
}

variable "service_ipv4_cidr" {
  description = "IPv4 block of services, a /12 to /24 that overlaps no network the pods talk to. Null lets EKS choose. EKS cannot change it later."
  type        = string
  default     = null

  validation {
    condition     = var.service_ipv4_cidr == null || (can(cidrhost(var.service_ipv4_cidr, 0)) && can(regex("^(10\\.|172\\.(1[6-9]|2[0-9]|3[01])\\.|192\\.168\\.).*/(1[2-9]|2[0-4])$", var.service_ipv4_cidr)))
    error_message = "`service_ipv4_cidr` must be a private IPv4 block between /12 and /24, inside 10.0.0.0/8, 172.16.0.0/12 or 192.168.0.0/16, for example `172.20.0.0/16`."
  }

  validation {
    condition     = var.service_ipv4_cidr == null || var.ip_family == "ipv4"
    error_message = "`service_ipv4_cidr` is for `ip_family` `ipv4`: with IPv6, EKS chooses the block."
  }
}

variable "endpoint_private_from" {
  description = "Name => IPv4 block or security group that may reach the private API endpoint beside the nodes, for VPNs and runners."
  type        = map(string)
  default     = {}
  nullable    = false

  validation {
    condition     = alltrue([for source in values(var.endpoint_private_from) : startswith(source, "sg-") || try(tonumber(split("/", source)[1]) >= 8 && can(cidrhost(source, 0)), false)])
    error_message = "`endpoint_private_from` takes IPv4 blocks no wider than a /8, such as `10.8.0.0/16`, or IDs of security groups."
  }
}

variable "security_group_ids" {
  description = "Name => further security group of the control plane's interfaces. Nodes do not carry it."
  type        = map(string)
  default     = {}
  nullable    = false

  validation {
    condition     = length(var.security_group_ids) <= 4
    error_message = "`security_group_ids` may name at most 4: EKS adds its own as the fifth."
  }
}

variable "access_entries" {
  description = "Name => who else may use the cluster: a role or user, with EKS access policies (policy name => namespaces, an empty list for all of them) or Kubernetes groups for RBAC of your own. `type` is `STANDARD`, or that of nodes which others make: `EC2` (Auto Mode), `EC2_LINUX`, `EC2_WINDOWS`, `FARGATE_LINUX`, `HYBRID_LINUX`."
  type = map(object({
    principal_arn     = string
    type              = optional(string, "STANDARD")
    kubernetes_groups = optional(list(string), [])
    policies          = optional(map(list(string)), {})
  }))
  default  = {}
  nullable = false

  validation {
    condition     = alltrue([for entry in values(var.access_entries) : can(regex("^arn:[a-z-]+:iam::[0-9]{12}:(role|user)/.+$", entry.principal_arn))])
    error_message = "`access_entries` takes ARNs of IAM roles or users, for example `arn:aws:iam::123456789012:role/developers`."
  }

  validation {
    condition     = length(distinct(concat(values(var.admins), [for entry in values(var.access_entries) : entry.principal_arn]))) == length(concat(values(var.admins), values(var.access_entries)))
    error_message = "`access_entries` names a principal that is there already, in it or in `admins`: EKS keeps one access entry per principal."
  }

  validation {
    condition     = alltrue([for entry in values(var.access_entries) : contains(["STANDARD", "EC2", "EC2_LINUX", "EC2_WINDOWS", "FARGATE_LINUX", "HYBRID_LINUX"], entry.type)])
    error_message = "`access_entries` takes the types `STANDARD`, `EC2`, `EC2_LINUX`, `EC2_WINDOWS`, `FARGATE_LINUX` and `HYBRID_LINUX`; version 5 of the AWS provider knows no others."
  }

  validation {
    condition     = alltrue([for entry in values(var.access_entries) : entry.type == "STANDARD" || can(regex(":role/", entry.principal_arn))])
    error_message = "`access_entries` of nodes take ARNs of IAM roles, and none of users: a node has a role."
  }

  validation {
    condition     = alltrue([for entry in values(var.access_entries) : entry.type == "STANDARD" || (length(entry.policies) == 0 && length(entry.kubernetes_groups) == 0) || entry.type == "EC2"])
    error_message = "`access_entries` of nodes take neither policies nor groups: EKS gives them theirs."
  }

  validation {
    condition     = alltrue(flatten([for entry in values(var.access_entries) : [for policy in keys(entry.policies) : can(regex("^AmazonEKS[A-Za-z]*Policy$", policy))]]))
    error_message = "`access_entries` takes names of EKS access policies such as `AmazonEKSViewPolicy`; `aws eks list-access-policies` lists them."
  }

  validation {
    condition     = alltrue([for entry in values(var.access_entries) : !contains(keys(entry.policies), "AmazonEKSClusterAdminPolicy")])
    error_message = "`AmazonEKSClusterAdminPolicy` is for `admins`, so that all who may do everything stand in one place."
  }
}

variable "node_policy_arns" {
  description = "Name => ARN of a policy that the system nodes' role gets beside joining the cluster and pulling images, such as `AmazonSSMManagedInstanceCore`."
  type        = map(string)
  default     = {}
  nullable    = false

  validation {
    condition     = alltrue([for arn in values(var.node_policy_arns) : can(regex("^arn:[a-z-]+:iam::([0-9]{12}|aws):policy/.+$", arn)) && !endswith(arn, "/AmazonEKS_CNI_Policy")])
    error_message = "`node_policy_arns` takes ARNs of IAM policies, and not `AmazonEKS_CNI_Policy`: the vpc-cni add-on has a role of its own."
  }
}

variable "pull_through_cache_prefixes" {
  description = "Prefixes of ECR pull-through caches, such as `quay`, from which nodes may be the first to pull an image: ECR then makes the repository and fetches the image in the node's name."
  type        = set(string)
  default     = []
  nullable    = false

  validation {
    condition     = alltrue([for prefix in var.pull_through_cache_prefixes : can(regex("^[a-z0-9]+([._/-][a-z0-9]+)*$", prefix))])
    error_message = "`pull_through_cache_prefixes` takes prefixes of ECR repositories such as `quay` or `acme/quay`, without `*` and without a slash at either end."
  }
}

variable "zonal_shift" {
  description = "Whether AWS may lead traffic away from a zone in trouble (Application Recovery Controller). Null leaves the setting alone."
  type        = bool
  default     = null
}

variable "force_version_upgrade" {
  description = "Whether an upgrade of Kubernetes goes ahead although EKS's upgrade checks find something that will break."
  type        = bool
  default     = false
  nullable    = false
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

variable "kms_key_arn" {
  description = "ARN of a key that is there already, in place of the cluster's own, for Kubernetes secrets and control-plane logs. Its policy must leave the rights to IAM, `kms:CreateGrant` and `kms:DescribeKey` of whoever makes the cluster included, and let CloudWatch Logs (`logs.<region>.…`) use it for the group `/aws/eks/<name>/cluster`. It is chosen when the cluster is made."
  type        = string
  default     = null

  validation {
    condition     = var.kms_key_arn == null || can(regex("^arn:[a-z-]+:kms:[a-z0-9-]+:[0-9]{12}:key/[A-Za-z0-9-]+$", var.kms_key_arn))
    error_message = "`kms_key_arn` must be the ARN of a key, not of an alias: `arn:aws:kms:us-east-1:123456789012:key/…`."
  }
}
