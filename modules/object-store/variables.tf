variable "name" {
  description = "Name of the bucket, unique in all of AWS. The bucket for its access logs is named the same with `-logs` behind."
  type        = string
  nullable    = false

  validation {
    condition     = can(regex("^[a-z0-9][a-z0-9-]{1,56}[a-z0-9]$", var.name))
    error_message = "`name` must be 3 to 58 characters of a-z, 0-9 and `-`, without `-` at either end: S3 allows 63, and `-logs` needs 5. Dots would break TLS to the bucket's own host name."
  }
}

variable "force_destroy" {
  description = "Whether a destroy deletes all objects with the buckets. False refuses to delete a bucket that holds anything."
  type        = bool
  default     = false
  nullable    = false
}

variable "cors_allowed_origins" {
  description = "Origins, `https://…`, whose pages may read and write objects through presigned URLs. Empty allows none."
  type        = list(string)
  default     = []
  nullable    = false

  validation {
    condition     = alltrue([for origin in var.cors_allowed_origins : can(regex("^https://[A-Za-z0-9.-]+(:[0-9]+)?$", origin))])
    error_message = "`cors_allowed_origins` takes whole origins such as `https://acme.truefoundry.cloud`: https, a host, no path and no `*`."
  }
}

variable "noncurrent_version_days" {
  description = "Days for which an overwritten or deleted object can still be brought back."
  type        = number
  default     = 90
  nullable    = false

  validation {
    condition     = var.noncurrent_version_days >= 1 && floor(var.noncurrent_version_days) == var.noncurrent_version_days
    error_message = "`noncurrent_version_days` must be a whole number of at least 1."
  }
}

variable "access_log_days" {
  description = "Days for which access logs are kept."
  type        = number
  default     = 365
  nullable    = false

  validation {
    condition     = var.access_log_days >= 1 && floor(var.access_log_days) == var.access_log_days
    error_message = "`access_log_days` must be a whole number of at least 1."
  }
}

variable "expirations" {
  description = "Name => objects that go by themselves: those whose keys begin with `prefix`, `days` after they were written."
  type = map(object({
    prefix = string
    days   = number
  }))
  default  = {}
  nullable = false

  validation {
    condition     = alltrue([for expiration in values(var.expirations) : length(expiration.prefix) > 0 && expiration.days >= 1 && floor(expiration.days) == expiration.days])
    error_message = "`expirations` takes a `prefix`, which must not be empty (that would be every object), and a whole number of `days`."
  }

  validation {
    condition     = alltrue([for name in keys(var.expirations) : can(regex("^[a-z0-9][a-z0-9-]{0,63}$", name))])
    error_message = "`expirations` takes names of a-z, 0-9 and `-`."
  }
}

variable "tiering_days" {
  description = "Days after which objects move to S3 Intelligent-Tiering, which finds the cheapest storage by itself. Null leaves them where they are."
  type        = number
  default     = null

  validation {
    condition     = var.tiering_days == null || try(var.tiering_days >= 0 && floor(var.tiering_days) == var.tiering_days, false)
    error_message = "`tiering_days` must be a whole number, or null."
  }
}

variable "kms_key_arn" {
  description = "ARN of a key that is there already, in place of the module's own. Its policy must leave the rights to IAM: who reads or writes objects needs them on the key as well. It is chosen when the bucket is made."
  type        = string
  default     = null

  validation {
    condition     = var.kms_key_arn == null || can(regex("^arn:[a-z-]+:kms:[a-z0-9-]+:[0-9]{12}:key/[A-Za-z0-9-]+$", var.kms_key_arn))
    error_message = "`kms_key_arn` must be the ARN of a key, not of an alias: `arn:aws:kms:us-east-1:123456789012:key/…`."
  }
}
