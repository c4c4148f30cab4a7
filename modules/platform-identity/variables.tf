variable "name" {
  description = "Start of the role's and the policies' names."
  type        = string
  nullable    = false

  validation {
    condition     = can(regex("^[a-z][a-z0-9-]{1,22}[a-z0-9]$", var.name))
    error_message = "`name` must be 3 to 24 characters of a-z, 0-9 and `-`, start with a letter and not end with `-`."
  }
}

variable "trusted_role_arns" {
  description = "ARNs of the roles of the control plane that may assume this role, with the external ID."
  type        = list(string)
  nullable    = false

  validation {
    condition     = length(var.trusted_role_arns) > 0 && alltrue([for arn in var.trusted_role_arns : can(regex("^arn:[a-z-]+:iam::[0-9]{12}:role/.+$", arn))])
    error_message = "`trusted_role_arns` must name at least one IAM role, for example `arn:aws:iam::123456789012:role/control-plane`. A whole account (`…:root`) or `*` is no answer to who may come in."
  }
}

variable "external_id" {
  description = "What the control plane must present when it assumes the role, so that nobody can have it act on this account in its own name. The control plane shows it when the account is connected."
  type        = string
  nullable    = false

  validation {
    condition     = can(regex("^[A-Za-z0-9_+=,.@:/-]+$", var.external_id)) && length(var.external_id) >= 2 && length(var.external_id) <= 1224
    error_message = "`external_id` must be 2 to 1,224 letters, digits or `_+=,.@:/-`. Without one, anybody who knows the role's ARN could ask the control plane to use it."
  }
}

variable "bucket_arn" {
  description = "ARN of the one bucket that the role may use."
  type        = string
  nullable    = false

  validation {
    condition     = can(regex("^arn:[a-z-]+:s3:::[a-z0-9][a-z0-9.-]+$", var.bucket_arn))
    error_message = "`bucket_arn` must be the ARN of one bucket, without `*`, for example `arn:aws:s3:::acme-dev-artifacts`."
  }
}

variable "bucket_kms_key_arn" {
  description = "ARN of the key that encrypts that bucket."
  type        = string
  nullable    = false

  validation {
    condition     = can(regex("^arn:[a-z-]+:kms:[a-z0-9-]+:[0-9]{12}:key/[A-Za-z0-9-]+$", var.bucket_kms_key_arn))
    error_message = "`bucket_kms_key_arn` must be the ARN of a key, not of an alias: `arn:aws:kms:us-east-1:123456789012:key/…`."
  }
}

variable "registry_prefix" {
  description = "The role may make and use ECR repositories whose names start with this. The control plane names those it makes `tfy-...`."
  type        = string
  nullable    = false

  validation {
    condition     = can(regex("^[a-z0-9][a-z0-9._/-]*$", var.registry_prefix))
    error_message = "`registry_prefix` must be the start of a repository name, such as `tfy-` or `acme-dev/`, without `*`."
  }
}

variable "parameter_prefix" {
  description = "The role may keep SSM parameters under `/<parameter_prefix>/`. The control plane keeps its own under `tfy-secret`. Null gives it no right on parameters."
  type        = string
  default     = null

  validation {
    condition     = var.parameter_prefix == null || can(regex("^[A-Za-z0-9_.-]+(/[A-Za-z0-9_.-]+)*$", var.parameter_prefix))
    error_message = "`parameter_prefix` must be a path such as `acme-dev` or `acme-dev/tfy`, without `/` at either end and without `*`; or null."
  }
}

variable "secret_prefix" {
  description = "The role may keep Secrets Manager secrets named `<secret_prefix>/*`. The control plane keeps its own under `/tfy-secret`. Null gives it no right on secrets."
  type        = string
  default     = null

  validation {
    condition     = var.secret_prefix == null || can(regex("^/?[A-Za-z0-9_.@+=-]+(/[A-Za-z0-9_.@+=-]+)*$", var.secret_prefix))
    error_message = "`secret_prefix` must be the start of a secret's name such as `acme-dev` or `/tfy-secret`, without `/` at its end and without `*`; or null."
  }
}

variable "cluster_arn" {
  description = "ARN of the one cluster that the role may look at, as `cluster_access` says."
  type        = string
  nullable    = false

  validation {
    condition     = can(regex("^arn:[a-z-]+:eks:[a-z0-9-]+:[0-9]{12}:cluster/[0-9A-Za-z_-]+$", var.cluster_arn))
    error_message = "`cluster_arn` must be the ARN of one EKS cluster, for example `arn:aws:eks:us-east-1:123456789012:cluster/acme-dev`."
  }
}

variable "cluster_access" {
  description = "What the role may do with that cluster by the API of EKS: `describe` it; `read` what it consists of as well: node groups, add-ons, Fargate profiles, insights, updates, Pod Identity associations and access entries; or `manage` its access entries, of people and software, too. Who may manage them can make anybody an administrator of the cluster."
  type        = string
  default     = "describe"
  nullable    = false

  validation {
    condition     = contains(["describe", "read", "manage"], var.cluster_access)
    error_message = "`cluster_access` must be `describe`, `read` or `manage`."
  }
}

variable "managed_access_entries" {
  description = "Which access entries the role keeps with `cluster_access = \"manage\"`. `principal_arns`: ARNs of roles and users that it may enter, with `*` for what is not known of a name; empty is all, but for nodes, whose entries it never touches. `policies`: names of EKS's access policies that it may give and take."
  type = object({
    principal_arns = optional(set(string), [])
    policies = optional(set(string), [
      "AmazonEKSAdminPolicy",
      "AmazonEKSAdminViewPolicy",
      "AmazonEKSClusterAdminPolicy",
      "AmazonEKSEditPolicy",
      "AmazonEKSViewPolicy",
    ])
  })
  default  = {}
  nullable = false

  validation {
    condition     = alltrue([for arn in var.managed_access_entries.principal_arns : can(regex("^arn:[a-z-]+:iam::[0-9]{12}:(role|user)/[A-Za-z0-9+=,.@_/*-]+$", arn))])
    error_message = "`managed_access_entries.principal_arns` takes ARNs of IAM roles and users, for example `arn:aws:iam::123456789012:role/acme-dev-platform-*`."
  }

  validation {
    condition     = length(var.managed_access_entries.policies) > 0 && alltrue([for name in var.managed_access_entries.policies : can(regex("^AmazonEKS[A-Za-z0-9]+Policy$", name))])
    error_message = "`managed_access_entries.policies` takes names of EKS's access policies, at least one, for example `AmazonEKSViewPolicy`: neither ARNs nor `*`."
  }
}

variable "list_secrets" {
  description = "Whether the role, where it keeps secrets, may list those of the account as well: their names, descriptions and tags, never their values. AWS cannot scope that to `secret_prefix`."
  type        = bool
  default     = true
  nullable    = false
}

variable "store_kms_key_arns" {
  description = "ARNs of keys with which parameters or secrets under the prefixes are encrypted, when it is not AWS's own key. The role may use them through SSM and Secrets Manager only."
  type        = set(string)
  default     = []
  nullable    = false

  validation {
    condition     = alltrue([for arn in var.store_kms_key_arns : can(regex("^arn:[a-z-]+:kms:[a-z0-9-]+:[0-9]{12}:key/[A-Za-z0-9-]+$", arn))])
    error_message = "`store_kms_key_arns` takes ARNs of keys, not of aliases: `arn:aws:kms:us-east-1:123456789012:key/…`."
  }
}

variable "policy_arns" {
  description = "Name => ARN of a managed policy that the role gets as well. The names are stable keys."
  type        = map(string)
  default     = {}
  nullable    = false

  validation {
    condition     = length(var.policy_arns) <= 5 && alltrue([for arn in values(var.policy_arns) : can(regex("^arn:[a-z-]+:iam::([0-9]{12}|aws):policy/.+$", arn)) && !endswith(arn, ":policy/AdministratorAccess") && !endswith(arn, ":policy/IAMFullAccess")])
    error_message = "`policy_arns` takes up to five ARNs of IAM policies, and neither `AdministratorAccess` nor `IAMFullAccess`: the role is used from outside the account."
  }
}

variable "max_session_seconds" {
  description = "Longest session of the role in seconds."
  type        = number
  default     = 3600
  nullable    = false

  validation {
    condition     = var.max_session_seconds >= 3600 && var.max_session_seconds <= 43200 && floor(var.max_session_seconds) == var.max_session_seconds
    error_message = "`max_session_seconds` must be a whole number between 3600 and 43200, one hour to twelve."
  }
}

variable "permissions_boundary" {
  description = "ARN of the IAM policy that bounds the role, or null."
  type        = string
  default     = null

  validation {
    condition     = var.permissions_boundary == null || can(regex("^arn:[a-z-]+:iam::([0-9]{12}|aws):policy/.+$", var.permissions_boundary))
    error_message = "`permissions_boundary` must be the ARN of an IAM policy, for example `arn:aws:iam::123456789012:policy/boundary`."
  }
}
