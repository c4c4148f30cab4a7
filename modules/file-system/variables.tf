variable "name" {
  description = "Name of the file system. It also starts the names of the key's alias and of the security group."
  type        = string
  nullable    = false

  validation {
    condition     = can(regex("^[a-z][a-z0-9-]{1,22}[a-z0-9]$", var.name))
    error_message = "`name` must be 3 to 24 characters of a-z, 0-9 and `-`, start with a letter and not end with `-`."
  }
}

variable "vpc_id" {
  description = "VPC of the subnets, for the security group."
  type        = string
  nullable    = false
}

variable "subnet_ids" {
  description = "Zone ID => subnet for the mount target of that zone: the nodes' private subnets, or the intra ones. The zones are stable keys."
  type        = map(string)
  nullable    = false

  validation {
    condition     = length(var.subnet_ids) > 0
    error_message = "`subnet_ids` must name at least one subnet: without a mount target nothing can be mounted."
  }
}

variable "client_security_group_ids" {
  description = "Name => security group whose members may mount. Nothing else may, but rules can be added to the module's security group from outside."
  type        = map(string)
  default     = {}
  nullable    = false
}

variable "throughput_mode" {
  description = "`elastic` (pays for what is moved, the default), `bursting` (grows with what is stored) or `provisioned`."
  type        = string
  default     = "elastic"
  nullable    = false

  validation {
    condition     = contains(["elastic", "bursting", "provisioned"], var.throughput_mode)
    error_message = "`throughput_mode` must be `elastic`, `bursting` or `provisioned`."
  }
}

variable "provisioned_mibps" {
  description = "Throughput in MiB/s, with `throughput_mode = \"provisioned\"` only."
  type        = number
  default     = null

  validation {
    condition     = (var.provisioned_mibps != null) == (var.throughput_mode == "provisioned")
    error_message = "`provisioned_mibps` belongs to `throughput_mode = \"provisioned\"`: give both or neither."
  }

  validation {
    condition     = var.provisioned_mibps == null || try(var.provisioned_mibps >= 1 && var.provisioned_mibps <= 3414, false)
    error_message = "`provisioned_mibps` must be between 1 and 3414."
  }
}

variable "infrequent_access_days" {
  description = "Days after which a file that nobody reads moves to cheaper storage, from where the first read brings it back. Null keeps all where it is."
  type        = number
  default     = 30

  validation {
    condition     = var.infrequent_access_days == null || try(contains([1, 7, 14, 30, 60, 90, 180, 270, 365], var.infrequent_access_days), false)
    error_message = "`infrequent_access_days` must be 1, 7, 14, 30, 60, 90, 180, 270 or 365; or null."
  }
}

variable "backups" {
  description = "Whether AWS Backup keeps daily backups for 35 days, by its default plan."
  type        = bool
  default     = true
  nullable    = false
}

variable "access_points" {
  description = "Name => directory that applications enter as their root, as one POSIX user. The names are stable keys. The EFS CSI driver makes its own access points and needs none here."
  type = map(object({
    path        = string
    uid         = number
    gid         = number
    permissions = optional(string, "0750")
  }))
  default  = {}
  nullable = false

  validation {
    condition     = alltrue([for point in values(var.access_points) : can(regex("^(/[A-Za-z0-9._-]+){1,4}$", point.path))])
    error_message = "`access_points` takes absolute paths of one to four directories, such as `/models/base`: a point that enters at `/` would confine nobody."
  }

  validation {
    condition     = alltrue([for point in values(var.access_points) : point.uid >= 1 && point.gid >= 1 && floor(point.uid) == point.uid && floor(point.gid) == point.gid])
    error_message = "`access_points` takes a `uid` and a `gid` of at least 1: 0 is root."
  }

  validation {
    condition     = alltrue([for point in values(var.access_points) : can(regex("^0[0-7]{3}$", point.permissions))])
    error_message = "`permissions` must be octal, such as `0750`."
  }
}

variable "kms_key_arn" {
  description = "ARN of a key that is there already, or null for one of the module's own. Its policy must leave the rights to IAM. It is chosen when the file system is made."
  type        = string
  default     = null

  validation {
    condition     = var.kms_key_arn == null || can(regex("^arn:[a-z-]+:kms:[a-z0-9-]+:[0-9]{12}:key/[A-Za-z0-9-]+$", var.kms_key_arn))
    error_message = "`kms_key_arn` must be the ARN of a key, not of an alias: `arn:aws:kms:us-east-1:123456789012:key/…`."
  }
}

variable "deletion_protection" {
  description = "Whether the file system's policy has AWS refuse to delete it. Switch it off and apply before a destroy that is meant."
  type        = bool
  default     = true
  nullable    = false
}
