variable "name" {
  description = "Identifier of the database instance. It also starts the names of the key alias, groups and monitoring role."
  type        = string
  nullable    = false

  validation {
    condition     = can(regex("^[a-z][a-z0-9-]{1,22}[a-z0-9]$", var.name)) && !strcontains(var.name, "--")
    error_message = "`name` must be 3 to 24 characters of a-z, 0-9 and `-`, start with a letter, not end with `-` and not hold `--`: RDS refuses the rest."
  }
}

variable "vpc_id" {
  description = "VPC of the subnets, for the security group."
  type        = string
  nullable    = false
}

variable "subnet_ids" {
  description = "Zone ID => subnet for the database, without a route out of the VPC."
  type        = map(string)
  nullable    = false

  validation {
    condition     = length(var.subnet_ids) >= 2
    error_message = "`subnet_ids` must name subnets of at least two zones: RDS refuses fewer, even for a single-AZ instance."
  }
}

variable "engine_version" {
  description = "PostgreSQL version: a major one (`17`), which follows minor upgrades by itself, or an exact one (`17.2`), which stays."
  type        = string
  nullable    = false

  validation {
    condition     = can(regex("^(1[3-9]|[2-9][0-9])(\\.[0-9]+)?$", var.engine_version))
    error_message = "`engine_version` must be a PostgreSQL major version of 13 or newer, `17`, or one with its minor version, `17.2`."
  }
}

variable "allow_major_version_upgrade" {
  description = "Whether a change of `engine_version` may go to another major version. Set it for the upgrade, which is then made at once (see `apply_immediately`), and take it out again."
  type        = bool
  default     = false
  nullable    = false
}

variable "apply_immediately" {
  description = "Whether changes are made at once (true), with the restart that some bring, or in the maintenance window (false). Null: in the window, but at once while `allow_major_version_upgrade` is set. Until a window that is waited for every plan shows the change again; a major upgrade that waits lets RDS refuse every apply until then, and `false` leaves parameter groups behind."
  type        = bool
  default     = null
}

variable "instance_class" {
  description = "Instance class, for example `db.t4g.medium`."
  type        = string
  nullable    = false

  validation {
    condition     = can(regex("^db\\.[a-z0-9-]+\\.[a-z0-9]+$", var.instance_class))
    error_message = "`instance_class` must be an RDS instance class such as `db.t4g.medium`."
  }
}

variable "storage_gib" {
  description = "Allocated storage in GiB. It can grow later and never shrink."
  type        = number
  nullable    = false

  validation {
    condition     = var.storage_gib >= 20 && var.storage_gib <= 65536 && floor(var.storage_gib) == var.storage_gib
    error_message = "`storage_gib` must be a whole number between 20 and 65536, the range of gp3 storage for PostgreSQL."
  }
}

variable "max_storage_gib" {
  description = "Size in GiB up to which RDS grows the storage by itself. Null switches that off."
  type        = number
  default     = null

  validation {
    condition     = var.max_storage_gib == null || try(var.max_storage_gib >= var.storage_gib * 1.1 && var.max_storage_gib <= 65536, false)
    error_message = "`max_storage_gib` must exceed `storage_gib` by at least a tenth, as RDS demands, and be at most 65536; or be null."
  }
}

variable "multi_az" {
  description = "Whether a standby in another zone takes over when the instance or its zone fails."
  type        = bool
  default     = true
  nullable    = false
}

variable "database_name" {
  description = "Name of the first database. Only the creation looks at it, and not one from a snapshot, which brings its own."
  type        = string
  default     = "truefoundry"
  nullable    = false

  validation {
    condition     = can(regex("^[a-z_][a-z0-9_]{0,62}$", var.database_name)) && !contains(["postgres", "rdsadmin", "template0", "template1"], var.database_name)
    error_message = "`database_name` must be 1 to 63 characters of a-z, 0-9 and `_`, start with a letter or `_`, and not be a database that PostgreSQL or RDS keeps for itself."
  }
}

variable "client_security_group_ids" {
  description = "Name => security group whose members may connect. Nothing else may, but rules can be added to the module's security group from outside."
  type        = map(string)
  default     = {}
  nullable    = false
}

variable "backup_retention_days" {
  description = "Days of point-in-time recovery."
  type        = number
  default     = 14
  nullable    = false

  validation {
    condition     = var.backup_retention_days >= 1 && var.backup_retention_days <= 35 && floor(var.backup_retention_days) == var.backup_retention_days
    error_message = "`backup_retention_days` must be between 1 and 35: 0 would switch backups off."
  }
}

variable "backup_window" {
  description = "Daily window for backups in UTC, `hh:mm-hh:mm`, apart from the maintenance window."
  type        = string
  default     = "02:00-03:00"
  nullable    = false

  validation {
    condition     = can(regex("^([01][0-9]|2[0-3]):[0-5][0-9]-([01][0-9]|2[0-3]):[0-5][0-9]$", var.backup_window))
    error_message = "`backup_window` must look like `02:00-03:00`, in UTC."
  }

  validation {
    condition = try(alltrue([
      for times in [[for time in split("-", var.backup_window) : parseint(split(":", time)[0], 10) * 60 + parseint(split(":", time)[1], 10)]] :
      (times[1] - times[0] + 1440) % 1440 >= 30
    ]), true)
    error_message = "`backup_window` must be at least 30 minutes long."
  }
}

variable "maintenance_window" {
  description = "Weekly window for changes and minor upgrades in UTC, `ddd:hh:mm-ddd:hh:mm`."
  type        = string
  default     = "sun:04:00-sun:05:00"
  nullable    = false

  validation {
    condition     = can(regex("^(mon|tue|wed|thu|fri|sat|sun):([01][0-9]|2[0-3]):[0-5][0-9]-(mon|tue|wed|thu|fri|sat|sun):([01][0-9]|2[0-3]):[0-5][0-9]$", var.maintenance_window))
    error_message = "`maintenance_window` must look like `sun:04:00-sun:05:00`, in UTC."
  }

  # In minutes of a week, from which Saturday goes over into Sunday.
  validation {
    condition = try(alltrue([
      for times in [[
        for time in split("-", var.maintenance_window) :
        index(["mon", "tue", "wed", "thu", "fri", "sat", "sun"], split(":", time)[0]) * 1440 + parseint(split(":", time)[1], 10) * 60 + parseint(split(":", time)[2], 10)
      ]] :
      (times[1] - times[0] + 10080) % 10080 >= 30 && (times[1] - times[0] + 10080) % 10080 < 1440
    ]), true)
    error_message = "`maintenance_window` must be at least 30 minutes long and shorter than a day."
  }
}

variable "log_retention_days" {
  description = "Days for which the exported PostgreSQL and upgrade logs are kept."
  type        = number
  default     = 365
  nullable    = false

  validation {
    condition     = contains([1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827, 2192, 2557, 2922, 3288, 3653], var.log_retention_days)
    error_message = "`log_retention_days` must be a period that CloudWatch Logs knows: 1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827, 2192, 2557, 2922, 3288 or 3653."
  }
}

variable "deletion_protection" {
  description = "Whether AWS refuses to delete the instance. Switch it off and apply before a destroy that is meant."
  type        = bool
  default     = true
  nullable    = false
}

variable "final_snapshot" {
  description = "Whether deleting the instance leaves a snapshot. AWS then refuses to delete the module's own key, without which nobody reads the snapshot: the README says how a destroy goes on."
  type        = bool
  default     = true
  nullable    = false
}

variable "delete_automated_backups" {
  description = "Whether deleting the instance deletes its automated backups. False keeps them for `backup_retention_days`, and the module's own key too."
  type        = bool
  default     = true
  nullable    = false
}

variable "kms_key_arn" {
  description = "ARN of a key that is there already, in place of the module's own: for storage, snapshots, secret, insights and logs. Its policy must leave the rights to IAM and let CloudWatch Logs (`logs.<region>.…`) use it for the groups `/aws/rds/instance/<name>/*`. It is chosen when the database is made."
  type        = string
  default     = null

  validation {
    condition     = var.kms_key_arn == null || can(regex("^arn:[a-z-]+:kms:[a-z0-9-]+:[0-9]{12}:key/[A-Za-z0-9-]+$", var.kms_key_arn))
    error_message = "`kms_key_arn` must be the ARN of a key, not of an alias: `arn:aws:kms:us-east-1:123456789012:key/…`."
  }
}

variable "master_password" {
  description = "Password of the master user, 8 to 128 characters, in place of the one that RDS keeps and rotates every seven days: for readers that read it once and would be locked out. It is passed on and kept nowhere, so it can come from an ephemeral value; `master_password_version` says that there is one, and when it is another."
  type        = string
  default     = null
  ephemeral   = true
  sensitive   = true
}

variable "master_password_version" {
  description = "Version of `master_password`: a greater number writes it again. Null leaves the password to RDS."
  type        = number
  default     = null

  validation {
    condition     = var.master_password_version == null || try(var.master_password_version >= 1 && floor(var.master_password_version) == var.master_password_version, false)
    error_message = "`master_password_version` must be a whole number of at least 1, or null."
  }
}

variable "timeouts" {
  description = "How long Terraform waits for the instance: `create` also covers a restore, `update` a change of storage or a major upgrade. Terabytes take hours."
  type = object({
    create = optional(string, "2h")
    update = optional(string, "3h")
    delete = optional(string, "2h")
  })
  default  = {}
  nullable = false

  validation {
    condition     = alltrue([for time in values(var.timeouts) : can(regex("^[0-9]+(h([0-9]+m)?|m)$", time))])
    error_message = "`timeouts` takes durations such as `90m`, `2h` or `2h30m`."
  }
}

variable "parameters" {
  description = "Name => further parameter of the instance. `apply_method` is `immediate` for dynamic parameters and `pending-reboot` for static ones, such as `shared_preload_libraries`."
  type = map(object({
    value        = string
    apply_method = optional(string, "immediate")
  }))
  default  = {}
  nullable = false

  validation {
    condition     = alltrue([for parameter in values(var.parameters) : contains(["immediate", "pending-reboot"], parameter.apply_method)])
    error_message = "`apply_method` must be `immediate` or `pending-reboot`."
  }

  validation {
    condition     = length(setintersection(keys(var.parameters), ["rds.force_ssl", "log_statement", "log_min_duration_statement"])) == 0
    error_message = "`parameters` must not hold `rds.force_ssl`, which forces TLS, nor `log_statement` and `log_min_duration_statement`: the module sets them."
  }
}

variable "iam_user" {
  description = "Database user that signs in with IAM, as the output `connect_arn` names it."
  type        = string
  default     = "truefoundry"
  nullable    = false

  validation {
    condition     = can(regex("^[a-z_][a-z0-9_]{0,62}$", var.iam_user)) && !contains(["postgres", "rdsadmin"], var.iam_user)
    error_message = "`iam_user` must be one user of 1 to 63 characters of a-z, 0-9 and `_`, without `*`, and not the master user."
  }
}

variable "iops" {
  description = "Provisioned IOPS of the gp3 storage, from 400 GiB up. Null takes what the size brings: 3,000, or 12,000 from 400 GiB up."
  type        = number
  default     = null

  validation {
    condition     = var.iops == null || try(var.iops >= 12000 && var.iops <= 64000 && var.storage_gib >= 400, false)
    error_message = "`iops` must be between 12000 and 64000, and `storage_gib` at least 400: below, gp3 storage of PostgreSQL has 3,000 IOPS and no choice."
  }
}

variable "storage_throughput_mibps" {
  description = "Provisioned throughput of the gp3 storage in MiB/s, from 400 GiB up. Null takes what the size brings: 125, or 500 from 400 GiB up."
  type        = number
  default     = null

  validation {
    condition     = var.storage_throughput_mibps == null || try(var.storage_throughput_mibps >= 500 && var.storage_throughput_mibps <= 4000 && var.storage_gib >= 400, false)
    error_message = "`storage_throughput_mibps` must be between 500 and 4000, and `storage_gib` at least 400."
  }
}

variable "ca_certificate" {
  description = "Certificate authority of the instance's TLS certificate, for example `rds-ca-rsa2048-g1`. Null leaves it to RDS."
  type        = string
  default     = null

  validation {
    condition     = var.ca_certificate == null || can(regex("^rds-ca-[a-z0-9-]+$", var.ca_certificate))
    error_message = "`ca_certificate` must be an authority of RDS such as `rds-ca-rsa2048-g1`."
  }
}

variable "restore_from_snapshot" {
  description = "Identifier or ARN of the snapshot that the instance is made from, with the snapshot's database and key. Only its creation looks at it; it can be taken out later."
  type        = string
  default     = null
}

variable "restore_to_point_in_time" {
  description = "The point in time that the instance is made from: of a running one by its `identifier` or `resource_id`, of one that is gone by its `resource_id`, of backups in another region by `automated_backups_arn`; at `time` (`2026-01-31T12:00:00Z`), or as late as possible. It brings database, master user and key along. Only the creation looks at it; it can be taken out later."
  type = object({
    identifier            = optional(string)
    resource_id           = optional(string)
    automated_backups_arn = optional(string)
    time                  = optional(string)
  })
  default = null

  validation {
    condition     = var.restore_to_point_in_time == null || try(length([for source in [var.restore_to_point_in_time.identifier, var.restore_to_point_in_time.resource_id, var.restore_to_point_in_time.automated_backups_arn] : source if source != null]) == 1, false)
    error_message = "`restore_to_point_in_time` takes exactly one of `identifier`, `resource_id` and `automated_backups_arn`."
  }

  validation {
    condition     = try(var.restore_to_point_in_time.time, null) == null || can(regex("^[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}Z$", var.restore_to_point_in_time.time))
    error_message = "`restore_to_point_in_time.time` must be a time in UTC such as `2026-01-31T12:00:00Z`."
  }

  validation {
    condition     = var.restore_to_point_in_time == null || var.restore_from_snapshot == null
    error_message = "`restore_to_point_in_time` and `restore_from_snapshot` are two ways to make the instance: give one."
  }
}

variable "insights_retention_days" {
  description = "Days for which Performance Insights keeps its data: 7, a month count times 31, or 731."
  type        = number
  default     = 7
  nullable    = false

  validation {
    condition     = contains([7, 731], var.insights_retention_days) || (var.insights_retention_days % 31 == 0 && var.insights_retention_days >= 31 && var.insights_retention_days <= 713)
    error_message = "`insights_retention_days` must be 7, 731, or a multiple of 31 up to 713."
  }
}

variable "monitoring_seconds" {
  description = "Seconds between two samples of enhanced monitoring."
  type        = number
  default     = 60
  nullable    = false

  validation {
    condition     = contains([1, 5, 10, 15, 30, 60], var.monitoring_seconds)
    error_message = "`monitoring_seconds` must be 1, 5, 10, 15, 30 or 60; 0 would switch monitoring off."
  }
}

variable "permissions_boundary" {
  description = "ARN of the IAM policy that bounds the monitoring role, or null."
  type        = string
  default     = null

  validation {
    condition     = var.permissions_boundary == null || can(regex("^arn:[a-z-]+:iam::([0-9]{12}|aws):policy/.+$", var.permissions_boundary))
    error_message = "`permissions_boundary` must be the ARN of an IAM policy, for example `arn:aws:iam::123456789012:policy/boundary`."
  }
}
