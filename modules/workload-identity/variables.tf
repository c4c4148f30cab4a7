variable "name" {
  description = "Start of the role's and the policies' names."
  type        = string
  nullable    = false

  validation {
    condition     = can(regex("^[a-z][a-z0-9-]{1,30}[a-z0-9]$", var.name))
    error_message = "`name` must be 3 to 32 characters of a-z, 0-9 and `-`, start with a letter and not end with `-`."
  }
}

variable "description" {
  description = "What the role is for, as IAM shows it."
  type        = string
  default     = "Role of workloads on Kubernetes"
  nullable    = false

  validation {
    condition     = can(regex("^[A-Za-z0-9_+=,.@:/ -]{1,1000}$", var.description))
    error_message = "`description` must be 1 to 1,000 letters, digits, spaces or `_+=,.@:/-`."
  }
}

variable "identity" {
  description = "How pods get the role: `pod-identity` (the EKS Pod Identity agent, the default) or `irsa` (the cluster's OIDC provider and an annotation on the service account)."
  type        = string
  default     = "pod-identity"
  nullable    = false

  validation {
    condition     = contains(["pod-identity", "irsa"], var.identity)
    error_message = "`identity` must be `pod-identity` or `irsa`."
  }
}

variable "cluster_arn" {
  description = "ARN of the EKS cluster whose pods get the role."
  type        = string
  nullable    = false

  validation {
    condition     = can(regex("^arn:[a-z-]+:eks:[a-z0-9-]+:[0-9]{12}:cluster/[0-9A-Za-z_-]+$", var.cluster_arn))
    error_message = "`cluster_arn` must be the ARN of one EKS cluster, for example `arn:aws:eks:us-east-1:123456789012:cluster/acme-dev`."
  }
}

variable "oidc_provider_arn" {
  description = "ARN of the IAM OIDC provider of the cluster. Needed with `irsa`, unused with `pod-identity`."
  type        = string
  default     = null

  validation {
    condition     = var.oidc_provider_arn == null || can(regex("^arn:[a-z-]+:iam::[0-9]{12}:oidc-provider/.+$", var.oidc_provider_arn))
    error_message = "`oidc_provider_arn` must be the ARN of an IAM OIDC provider, `arn:aws:iam::123456789012:oidc-provider/…`."
  }

  validation {
    condition     = var.identity != "irsa" || var.oidc_provider_arn != null
    error_message = "With `identity = \"irsa\"` the role is trusted through the cluster's OIDC provider: give `oidc_provider_arn`, or use `pod-identity`."
  }
}

variable "service_accounts" {
  description = "Name => service account that gets the role. The name is a stable key of your choice. Wildcards are refused: a role is for the accounts that are named."
  type = map(object({
    namespace = string
    name      = string
  }))
  nullable = false

  validation {
    condition     = length(var.service_accounts) > 0
    error_message = "`service_accounts` must name at least one service account, for example `{ api = { namespace = \"search\", name = \"api\" } }`."
  }

  validation {
    condition     = alltrue([for account in values(var.service_accounts) : can(regex("^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$", account.namespace)) && can(regex("^[a-z0-9]([a-z0-9.-]{0,251}[a-z0-9])?$", account.name))])
    error_message = "`service_accounts` takes Kubernetes names of a namespace and of a service account, without `*`."
  }

  validation {
    condition     = length(distinct(values(var.service_accounts))) == length(var.service_accounts)
    error_message = "`service_accounts` names a service account twice under different keys."
  }
}

variable "trusted_roles" {
  description = "Name => role outside the cluster that may assume this one as well, always with an external ID: for example the role of a hosted control plane."
  type = map(object({
    arn         = string
    external_id = string
  }))
  default  = {}
  nullable = false

  validation {
    condition     = alltrue([for role in values(var.trusted_roles) : can(regex("^arn:[a-z-]+:iam::[0-9]{12}:role/[^*]+$", role.arn))])
    error_message = "`trusted_roles` takes ARNs of IAM roles, such as `arn:aws:iam::123456789012:role/control-plane`. A whole account (`…:root`) or `*` is no answer to who may come in."
  }

  validation {
    condition     = alltrue([for role in values(var.trusted_roles) : can(regex("^[A-Za-z0-9_+=,.@:/-]+$", role.external_id)) && length(role.external_id) >= 2 && length(role.external_id) <= 1224])
    error_message = "`trusted_roles` needs an `external_id` of 2 to 1,224 letters, digits or `_+=,.@:/-` for each role."
  }

  validation {
    condition     = alltrue([for name in keys(var.trusted_roles) : can(regex("^[A-Za-z0-9-]+$", name))])
    error_message = "`trusted_roles` takes names of letters, digits and `-`."
  }
}

variable "policies" {
  description = "Name => policy document (JSON) that the role gets. Each becomes a managed policy; the names are stable keys."
  type        = map(string)
  default     = {}
  nullable    = false

  validation {
    condition     = alltrue([for name in keys(var.policies) : can(regex("^[a-z0-9][a-z0-9-]{0,31}$", name))])
    error_message = "`policies` takes names of 1 to 32 characters of a-z, 0-9 and `-`."
  }

  validation {
    condition     = alltrue([for document in values(var.policies) : can(jsondecode(document).Statement)])
    error_message = "`policies` takes policy documents as JSON, with `Statement`: `data.aws_iam_policy_document.….minified_json`."
  }

  # A workload that may hand out rights has all rights.
  validation {
    condition = alltrue(flatten([
      for document in values(var.policies) : [
        for statement in try(flatten([jsondecode(document).Statement]), []) : [
          for action in try(flatten([statement.Action]), []) :
          !contains(["*", "*:*", "iam:*", "sts:*", "organizations:*"], lower(action))
        ] if try(statement.Effect, "") == "Allow"
      ]
    ]))
    error_message = "`policies` must not allow `*`, `iam:*`, `sts:*` or `organizations:*`: name the actions that the workload needs."
  }
}

variable "policy_arns" {
  description = "Name => ARN of a managed policy to attach as well. The names are stable keys."
  type        = map(string)
  default     = {}
  nullable    = false

  validation {
    condition     = alltrue([for arn in values(var.policy_arns) : can(regex("^arn:[a-z-]+:iam::([0-9]{12}|aws):policy/.+$", arn))])
    error_message = "`policy_arns` takes ARNs of IAM policies."
  }

  validation {
    condition     = alltrue([for arn in values(var.policy_arns) : !endswith(arn, ":policy/AdministratorAccess") && !endswith(arn, ":policy/IAMFullAccess")])
    error_message = "`policy_arns` must not hold `AdministratorAccess` or `IAMFullAccess`: no workload needs every right."
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
