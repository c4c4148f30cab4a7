variable "name" {
  description = "Start of the names of the roles and policies: `<name>-terraform-plan-…` and `<name>-terraform-apply-…`."
  type        = string
  nullable    = false

  validation {
    condition     = can(regex("^[a-z][a-z0-9-]{1,20}[a-z0-9]$", var.name))
    error_message = "`name` must be 3 to 22 characters of a-z, 0-9 and `-`, start with a letter and not end with `-`."
  }
}

variable "hcp" {
  description = "HCP Terraform (or Terraform Enterprise) as the one who comes in: which workspaces of which project. `oidc_provider_arn`: an IAM OIDC provider of that host which exists; null makes one, of which an account has one for each host."
  type = object({
    organization      = string
    project           = string
    workspaces        = set(string)
    hostname          = optional(string, "app.terraform.io")
    audience          = optional(string, "aws.workload.identity")
    oidc_provider_arn = optional(string)
  })
  default = null

  validation {
    condition     = var.hcp == null || try(alltrue([for part in setunion([var.hcp.organization, var.hcp.project], var.hcp.workspaces) : can(regex("^[A-Za-z0-9_ -]+$", part))]) && length(var.hcp.workspaces) > 0, false)
    error_message = "`hcp` takes the names of an organization, of a project and of at least one workspace, without `*`: who may run any workspace of the organization may take the roles."
  }

  validation {
    condition     = var.hcp == null || try(can(regex("^[a-z0-9.-]+$", var.hcp.hostname)), false)
    error_message = "`hcp.hostname` must be a host name such as `app.terraform.io`, without `https://`."
  }

  validation {
    condition     = var.hcp == null || try(var.hcp.oidc_provider_arn == null || can(regex("^arn:[a-z-]+:iam::[0-9]{12}:oidc-provider/.+$", var.hcp.oidc_provider_arn)), false)
    error_message = "`hcp.oidc_provider_arn` must be the ARN of an IAM OIDC provider, or null."
  }
}

variable "github" {
  description = "GitHub Actions as the one who comes in. Pull requests of `repository` and runs on `plan_branches` may plan; jobs in one of `apply_environments` may apply, and who approves a job there decides. `oidc_provider_arn`: an IAM OIDC provider of that host which exists; null makes one, of which an account has one for each host."
  type = object({
    repository         = string
    plan_branches      = optional(set(string), ["main"])
    apply_environments = set(string)
    hostname           = optional(string, "token.actions.githubusercontent.com")
    audience           = optional(string, "sts.amazonaws.com")
    oidc_provider_arn  = optional(string)
  })
  default = null

  validation {
    condition     = var.github == null || try(can(regex("^[A-Za-z0-9_.-]+/[A-Za-z0-9_.-]+$", var.github.repository)), false)
    error_message = "`github.repository` must be one repository, `owner/name`, without `*`."
  }

  validation {
    condition     = var.github == null || try(length(var.github.apply_environments) > 0 && alltrue([for part in setunion(var.github.apply_environments, var.github.plan_branches) : can(regex("^[A-Za-z0-9_./-]+$", part))]), false)
    error_message = "`github` takes names of environments (at least one) and of branches, without `*`."
  }

  validation {
    condition     = var.github == null || try(var.github.oidc_provider_arn == null || can(regex("^arn:[a-z-]+:iam::[0-9]{12}:oidc-provider/.+$", var.github.oidc_provider_arn)), false)
    error_message = "`github.oidc_provider_arn` must be the ARN of an IAM OIDC provider, or null."
  }

  validation {
    condition     = var.github != null || var.hcp != null
    error_message = "Nobody may come in: give `hcp`, `github` or both."
  }
}

variable "managed_names" {
  description = "Starts of the names of what Terraform manages with these roles (buckets, databases, clusters, roles and so on). By default the module's `name`. What is named otherwise can be neither read in detail nor changed."
  type        = set(string)
  default     = []
  nullable    = false

  validation {
    condition     = length(var.managed_names) <= 3 && alltrue([for name in var.managed_names : can(regex("^[a-z][a-z0-9-]{1,22}[a-z0-9]$", name))])
    error_message = "`managed_names` takes up to three starts of names, of 3 to 24 characters of a-z, 0-9 and `-`, without `*`."
  }
}

variable "state" {
  description = "The S3 backend, when the state is there and not in HCP Terraform: its bucket, the key that encrypts it, and the start of the states' keys in it."
  type = object({
    bucket_arn  = string
    kms_key_arn = string
    prefix      = string
  })
  default = null

  validation {
    condition     = var.state == null || try(can(regex("^arn:[a-z-]+:s3:::[a-z0-9][a-z0-9.-]+$", var.state.bucket_arn)) && can(regex("^arn:[a-z-]+:kms:[a-z0-9-]+:[0-9]{12}:key/[A-Za-z0-9-]+$", var.state.kms_key_arn)), false)
    error_message = "`state` takes the ARN of one bucket and the ARN of its key (not of an alias)."
  }

  validation {
    condition     = var.state == null || try(can(regex("^[A-Za-z0-9_.-]+(/[A-Za-z0-9_.-]+)*/$", var.state.prefix)), false)
    error_message = "`state.prefix` must be a path that ends with `/`, such as `acme-dev/`, without `*`."
  }
}

variable "created_roles_boundary" {
  description = "ARN of the permissions boundary that every role made by the apply role must carry. Null makes one, see the output `created_roles_boundary`: give it to the modules as `permissions_boundary`."
  type        = string
  default     = null

  validation {
    condition     = var.created_roles_boundary == null || can(regex("^arn:[a-z-]+:iam::[0-9]{12}:policy/.+$", var.created_roles_boundary))
    error_message = "`created_roles_boundary` must be the ARN of an IAM policy of the account, for example `arn:aws:iam::123456789012:policy/boundary`; or null."
  }
}

variable "regions" {
  description = "Regions in which the roles made by the apply role may act, in the boundary that this module makes. By default the provider's; add those that Bedrock's cross-region profiles call."
  type        = set(string)
  default     = []
  nullable    = false

  validation {
    condition     = alltrue([for region in var.regions : can(regex("^[a-z]{2}(-[a-z]+)+-[0-9]$", region))])
    error_message = "`regions` takes names of regions such as `us-east-1`."
  }
}

variable "hosted_zone_ids" {
  description = "Route 53 zones whose records the apply role may change, for certificates and load balancers."
  type        = set(string)
  default     = []
  nullable    = false

  validation {
    condition     = alltrue([for zone in var.hosted_zone_ids : can(regex("^Z[A-Z0-9]+$", zone))])
    error_message = "`hosted_zone_ids` takes IDs of hosted zones such as `Z0123456789ABCDEFGHIJ`."
  }
}

variable "apply_policy_arns" {
  description = "Name => ARN of a managed policy that the apply role gets as well, for what the modules do not make."
  type        = map(string)
  default     = {}
  nullable    = false

  validation {
    condition     = length(var.apply_policy_arns) <= 2 && alltrue([for arn in values(var.apply_policy_arns) : can(regex("^arn:[a-z-]+:iam::([0-9]{12}|aws):policy/.+$", arn)) && !endswith(arn, ":policy/AdministratorAccess")])
    error_message = "`apply_policy_arns` takes up to two ARNs of IAM policies, and not `AdministratorAccess`, which would make the boundary of the roles it creates pointless."
  }
}

variable "max_session_seconds" {
  description = "Longest session of the roles in seconds. Databases and clusters take their time: an apply must be done within it."
  type        = number
  default     = 7200
  nullable    = false

  validation {
    condition     = var.max_session_seconds >= 3600 && var.max_session_seconds <= 43200 && floor(var.max_session_seconds) == var.max_session_seconds
    error_message = "`max_session_seconds` must be a whole number between 3600 and 43200, one hour to twelve."
  }
}

variable "permissions_boundary" {
  description = "ARN of the IAM policy that bounds the plan and the apply role themselves, or null."
  type        = string
  default     = null

  validation {
    condition     = var.permissions_boundary == null || can(regex("^arn:[a-z-]+:iam::([0-9]{12}|aws):policy/.+$", var.permissions_boundary))
    error_message = "`permissions_boundary` must be the ARN of an IAM policy, for example `arn:aws:iam::123456789012:policy/boundary`."
  }
}
