variable "cluster_name" {
  description = "Name of the EKS cluster in which Karpenter runs."
  type        = string
  nullable    = false

  # The queue is named after the cluster, and a queue's name ends at 80 characters.
  validation {
    condition     = can(regex("^[0-9A-Za-z][0-9A-Za-z_-]{0,69}$", var.cluster_name))
    error_message = "`cluster_name` must be 1 to 70 letters, digits, `-` or `_`, and start with a letter or digit."
  }
}

variable "identity" {
  description = "How the controller gets its role: `pod-identity`, or `irsa` with `oidc_provider_arn`."
  type        = string
  default     = "pod-identity"
  nullable    = false

  validation {
    condition     = contains(["pod-identity", "irsa"], var.identity)
    error_message = "`identity` must be `pod-identity` or `irsa`."
  }
}

variable "oidc_provider_arn" {
  description = "ARN of the cluster's IAM OIDC provider. Needed with `identity` `irsa`, and only then."
  type        = string
  default     = null

  validation {
    condition     = (var.identity == "irsa") == (var.oidc_provider_arn != null)
    error_message = "`oidc_provider_arn` is needed with `identity` `irsa` and must be left out with `pod-identity`."
  }

  validation {
    condition     = var.oidc_provider_arn == null || can(regex("^arn:[a-z-]+:iam::[0-9]{12}:oidc-provider/.+$", var.oidc_provider_arn))
    error_message = "`oidc_provider_arn` must be the ARN of an IAM OIDC provider, for example the cluster module's output of that name."
  }
}

variable "namespace" {
  description = "Namespace of the controller. `kube-system` gives it the API server's highest flow priority."
  type        = string
  default     = "kube-system"
  nullable    = false

  validation {
    condition     = can(regex("^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$", var.namespace))
    error_message = "`namespace` must be a Kubernetes name: a-z, 0-9 and `-`, at most 63 characters."
  }
}

variable "service_account" {
  description = "Service account of the controller."
  type        = string
  default     = "karpenter"
  nullable    = false

  validation {
    condition     = can(regex("^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$", var.service_account))
    error_message = "`service_account` must be a Kubernetes name: a-z, 0-9 and `-`, at most 63 characters."
  }
}

variable "node_role" {
  description = "ARN of a role that Karpenter's nodes take and that is an access entry of the cluster already, such as the cluster module's `node_role_arn`. Null makes a role and its access entry. An object, so that the ARN may be unknown while planning."
  type        = object({ arn = string })
  default     = null

  validation {
    condition     = var.node_role == null || can(regex("^arn:[a-z-]+:iam::[0-9]{12}:role/.+$", var.node_role.arn))
    error_message = "`node_role.arn` must be the ARN of an IAM role, for example `arn:aws:iam::123456789012:role/nodes`."
  }
}

variable "node_policy_arns" {
  description = "Name => ARN of a policy that the node role made here gets beside joining the cluster and pulling images."
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

variable "pull_through_cache_prefixes" {
  description = "Prefixes of ECR pull-through caches, such as `quay`, from which nodes may be the first to pull an image: ECR then makes the repository and fetches the image in the node's name. For the role made here."
  type        = set(string)
  default     = []
  nullable    = false

  validation {
    condition     = alltrue([for prefix in var.pull_through_cache_prefixes : can(regex("^[a-z0-9]+([._/-][a-z0-9]+)*$", prefix))])
    error_message = "`pull_through_cache_prefixes` takes prefixes of ECR repositories such as `quay` or `acme/quay`, without `*` and without a slash at either end."
  }

  validation {
    condition     = length(var.pull_through_cache_prefixes) == 0 || var.node_role == null
    error_message = "`pull_through_cache_prefixes` is for the role that this module makes. Give `node_role` its rights where that role is made."
  }
}

variable "instance_profile" {
  description = "Whether to make an instance profile with the nodes' role, for node classes with `spec.instanceProfile`. Karpenter then makes none of its own."
  type        = bool
  default     = false
  nullable    = false
}

variable "isolated_vpc" {
  description = "Whether the VPC has no way to AWS but its endpoints. There is none for IAM and none for prices, so Karpenter asks for neither; node classes need the instance profile made here."
  type        = bool
  default     = false
  nullable    = false

  validation {
    condition     = !var.isolated_vpc || var.instance_profile
    error_message = "With `isolated_vpc` Karpenter cannot reach IAM to make instance profiles: set `instance_profile` to true and name it in the node classes."
  }
}

variable "reserved_enis" {
  description = "Network interfaces of a node that give pods no addresses: 1 with custom networking (`pod_subnets` of the module cluster), so that Karpenter counts the pods that fit as the node does."
  type        = number
  default     = 0
  nullable    = false

  validation {
    condition     = var.reserved_enis >= 0 && var.reserved_enis <= 15 && floor(var.reserved_enis) == var.reserved_enis
    error_message = "`reserved_enis` must be a whole number between 0 and 15: 1 with custom networking, else 0."
  }
}

variable "ebs_kms_key_arns" {
  description = "Name => ARN of a KMS key that node classes name for their volumes. Without one, volumes use the account's default EBS key, which needs no permission here."
  type        = map(string)
  default     = {}
  nullable    = false

  validation {
    condition     = alltrue([for arn in values(var.ebs_kms_key_arns) : can(regex("^arn:[a-z-]+:kms:[a-z0-9-]+:[0-9]{12}:key/.+$", arn))])
    error_message = "`ebs_kms_key_arns` takes ARNs of KMS keys, not aliases."
  }
}

variable "interruption_queue" {
  description = "Whether Karpenter hears of spot notices, rebalance recommendations, instance states and health events through a queue. Leave it on. Never run the AWS Node Termination Handler on the same nodes: both would drain them."
  type        = bool
  default     = true
  nullable    = false
}

variable "queue_kms_key" {
  description = "ARN of a KMS key for the queue, or null for a key of SQS. The key's policy must let EventBridge use it (`kms:Decrypt`, `kms:GenerateDataKey`). An object, so that the ARN may be unknown while planning."
  type        = object({ arn = string })
  default     = null

  validation {
    condition     = var.queue_kms_key == null || can(regex("^arn:[a-z-]+:kms:[a-z0-9-]+:[0-9]{12}:key/.+$", var.queue_kms_key.arn))
    error_message = "`queue_kms_key.arn` must be the ARN of a KMS key, not of an alias."
  }

  validation {
    condition     = var.queue_kms_key == null || var.interruption_queue
    error_message = "`queue_kms_key` is for the queue, and `interruption_queue` is false."
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
