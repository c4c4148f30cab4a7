variable "name" {
  description = "Name of the state bucket, unique in all of AWS. The bucket for its access logs is named the same with `-logs` behind."
  type        = string
  nullable    = false

  validation {
    condition     = can(regex("^[a-z0-9][a-z0-9-]{1,56}[a-z0-9]$", var.name)) && !can(regex("--", var.name))
    error_message = "`name` must be 3 to 58 characters of a-z, 0-9 and single `-`, and neither start nor end with `-`: S3 allows 63, and `-logs` needs 5."
  }
}

variable "noncurrent_versions" {
  description = "Old versions of a state that are always kept, however old they are."
  type        = number
  default     = 50
  nullable    = false

  validation {
    condition     = var.noncurrent_versions >= 1 && var.noncurrent_versions <= 100
    error_message = "`noncurrent_versions` must be between 1 and 100, which is what S3 can count."
  }
}

variable "noncurrent_version_days" {
  description = "Days after which an old version beyond `noncurrent_versions` is removed."
  type        = number
  default     = 365
  nullable    = false

  validation {
    condition     = var.noncurrent_version_days >= 30
    error_message = "`noncurrent_version_days` must be 30 or more: old states are what one goes back to after a mistake."
  }
}

variable "access_log_days" {
  description = "Days for which the log of who read or wrote a state is kept."
  type        = number
  default     = 365
  nullable    = false

  validation {
    condition     = var.access_log_days >= 1
    error_message = "`access_log_days` must be 1 or more."
  }
}

variable "force_destroy" {
  description = "Whether `terraform destroy` may remove the bucket with the states in it. Leave it false."
  type        = bool
  default     = false
  nullable    = false
}

variable "kms_key_arn" {
  description = "ARN of a key that is there already, in place of the module's own. Its policy must leave the rights to IAM: who reads or writes states needs them on the key as well. It is chosen when the bucket is made."
  type        = string
  default     = null

  validation {
    condition     = var.kms_key_arn == null || can(regex("^arn:[a-z-]+:kms:[a-z0-9-]+:[0-9]{12}:key/[A-Za-z0-9-]+$", var.kms_key_arn))
    error_message = "`kms_key_arn` must be the ARN of a key, not of an alias: `arn:aws:kms:us-east-1:123456789012:key/…`."
  }
}
