variable "name" {
  description = "Name of the control plane. It is the identifier of the database and starts the name of the role."
  type        = string
  nullable    = false

  validation {
    condition     = can(regex("^[a-z][a-z0-9-]{1,18}[a-z0-9]$", var.name)) && !strcontains(var.name, "--")
    error_message = "`name` must be 3 to 20 characters of a-z, 0-9 and `-`, start with a letter, not end with `-` and not hold `--`."
  }
}

variable "vpc_id" {
  description = "VPC of the subnets, for the database's security group."
  type        = string
  nullable    = false
}

variable "subnet_ids" {
  description = "Zone ID => subnet for the database, without a route out of the VPC."
  type        = map(string)
  nullable    = false
}

variable "cluster_arn" {
  description = "ARN of the EKS cluster that runs the control plane."
  type        = string
  nullable    = false

  validation {
    condition     = can(regex("^arn:[a-z-]+:eks:[a-z0-9-]+:[0-9]{12}:cluster/[0-9A-Za-z_-]+$", var.cluster_arn))
    error_message = "`cluster_arn` must be the ARN of one EKS cluster, for example `arn:aws:eks:us-east-1:123456789012:cluster/acme-dev`."
  }
}

variable "client_security_group_ids" {
  description = "Name => security group whose members may connect to the database: that of the cluster's nodes."
  type        = map(string)
  nullable    = false

  validation {
    condition     = length(var.client_security_group_ids) > 0
    error_message = "`client_security_group_ids` must name at least one security group: without one the control plane cannot reach its database."
  }
}

variable "identity" {
  description = "How pods get the role: `pod-identity` or `irsa`."
  type        = string
  default     = "pod-identity"
  nullable    = false

  validation {
    condition     = contains(["pod-identity", "irsa"], var.identity)
    error_message = "`identity` must be `pod-identity` or `irsa`."
  }
}

variable "oidc_provider_arn" {
  description = "ARN of the IAM OIDC provider of the cluster. Needed with `irsa`, unused with `pod-identity`."
  type        = string
  default     = null
}

variable "namespace" {
  description = "Namespace of the control plane's chart."
  type        = string
  default     = "truefoundry"
  nullable    = false

  validation {
    condition     = can(regex("^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$", var.namespace))
    error_message = "`namespace` must be a Kubernetes namespace, without `*`."
  }
}

variable "service_accounts" {
  description = "Service accounts of the control plane's chart that get the role. `truefoundry` is what the chart's pods use; the others are those that its values can switch on."
  type        = set(string)
  default     = ["mlfoundry-server", "servicefoundry-server", "tfy-llm-gateway", "tfy-workflow-admin", "truefoundry"]
  nullable    = false

  validation {
    condition     = length(var.service_accounts) > 0 && alltrue([for account in var.service_accounts : can(regex("^[a-z0-9]([a-z0-9.-]{0,251}[a-z0-9])?$", account))])
    error_message = "`service_accounts` takes names of Kubernetes service accounts, at least one, without `*`."
  }
}

variable "bucket_name" {
  description = "Name of the control plane's bucket, unique in all of AWS."
  type        = string
  nullable    = false
}

variable "force_destroy" {
  description = "Whether a destroy deletes all objects with the bucket."
  type        = bool
  default     = false
  nullable    = false
}

variable "cors_allowed_origins" {
  description = "Origins, `https://…`, whose pages may read and write objects through presigned URLs: the control plane's own."
  type        = list(string)
  default     = []
  nullable    = false
}

variable "noncurrent_version_days" {
  description = "Days for which an overwritten or deleted object can still be brought back."
  type        = number
  default     = 90
  nullable    = false
}

variable "engine_version" {
  description = "PostgreSQL version: a major one (`17`), which follows minor upgrades by itself, or an exact one (`17.2`), which stays."
  type        = string
  default     = "17"
  nullable    = false
}

variable "allow_major_version_upgrade" {
  description = "Whether a change of `engine_version` may go to another major version. Set it for the upgrade, then take it out again."
  type        = bool
  default     = false
  nullable    = false
}

variable "apply_immediately" {
  description = "Whether changes of the database are made at once (true), or in its maintenance window (false). Null: in the window, but at once while `allow_major_version_upgrade` is set."
  type        = bool
  default     = null
}

variable "instance_class" {
  description = "Instance class of the database."
  type        = string
  default     = "db.t4g.medium"
  nullable    = false
}

variable "storage_gib" {
  description = "Allocated storage of the database in GiB. It can grow later and never shrink."
  type        = number
  default     = 50
  nullable    = false
}

variable "max_storage_gib" {
  description = "Size in GiB up to which RDS grows the storage by itself. Null switches that off."
  type        = number
  default     = 200
}

variable "multi_az" {
  description = "Whether a standby in another zone takes over when the database's instance or zone fails."
  type        = bool
  default     = true
  nullable    = false
}

variable "backup_retention_days" {
  description = "Days of point-in-time recovery of the database."
  type        = number
  default     = 14
  nullable    = false
}

variable "deletion_protection" {
  description = "Whether AWS refuses to delete the database. Switch it off and apply before a destroy that is meant."
  type        = bool
  default     = true
  nullable    = false
}

variable "final_snapshot" {
  description = "Whether deleting the database leaves a snapshot."
  type        = bool
  default     = true
  nullable    = false
}

variable "restore_from_snapshot" {
  description = "Identifier or ARN of the snapshot that the database is made from. Only its creation looks at it."
  type        = string
  default     = null
}

variable "kms_key_arn" {
  description = "ARN of a key that is there already, in place of those that the database and the bucket make for themselves. Its policy must leave the rights to IAM and let CloudWatch Logs (`logs.<region>.…`) use it for the groups `/aws/rds/instance/<name>/*`. It is chosen when they are made."
  type        = string
  default     = null
}

variable "master_password" {
  description = "Password of the master user in place of the one that RDS keeps and rotates every seven days, for a chart that reads its Secret once. It is passed on and kept nowhere."
  type        = string
  default     = null
  ephemeral   = true
  sensitive   = true
}

variable "master_password_version" {
  description = "Version of `master_password`: a greater number writes it again. Null leaves the password to RDS."
  type        = number
  default     = null
}

variable "platform_role_arns" {
  description = "Name => role that the control plane assumes to work in an account: the `role_arn` of each `platform-identity`, which in turn must trust this module's `role_arn`."
  type        = map(string)
  default     = {}
  nullable    = false

  validation {
    condition     = alltrue([for arn in values(var.platform_role_arns) : can(regex("^arn:[a-z-]+:iam::[0-9]{12}:role/[^*?]+$", arn))])
    error_message = "`platform_role_arns` takes ARNs of roles, such as `arn:aws:iam::123456789012:role/acme-dev-platform-1`, without `*`: whoever may assume any role may be anybody."
  }
}

variable "policies" {
  description = "Name => further policy document (JSON) of the role, for example those of `gateway-identity`."
  type        = map(string)
  default     = {}
  nullable    = false

  validation {
    condition     = !contains(keys(var.policies), "control-plane") && length(var.policies) <= 9
    error_message = "`policies` takes up to nine documents, and the name `control-plane` is the module's own."
  }
}

variable "permissions_boundary" {
  description = "ARN of the IAM policy that bounds the roles, or null."
  type        = string
  default     = null

  validation {
    condition     = var.permissions_boundary == null || can(regex("^arn:[a-z-]+:iam::([0-9]{12}|aws):policy/.+$", var.permissions_boundary))
    error_message = "`permissions_boundary` must be the ARN of an IAM policy, for example `arn:aws:iam::123456789012:policy/boundary`."
  }
}
