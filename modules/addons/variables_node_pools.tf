variable "node_pools" {
  description = "Name => a NodePool of Karpenter. Of pools that fit a pod, the one of the highest `weight` takes it. What a pool may have: `capacity_types` (`reserved`, `spot`, `on-demand`), `architectures`, instances by `categories` and `generation_above`, or by `families`, from `cpus_from` processors; `limits` on all its nodes together; `labels`, `taints`, and `startup_taints` that others take away; `node_class` of `node_class.variants`; when nodes are replaced (`expire_after`), how long a drain may take (`termination_grace_period`) and what may be moved for less (`disruption`). None, no release."
  type = map(object({
    weight           = optional(number)
    capacity_types   = list(string)
    architectures    = optional(list(string), ["amd64"])
    categories       = optional(list(string))
    generation_above = optional(number)
    families         = optional(list(string))
    cpus_from        = optional(number)
    limits           = map(string)
    labels           = optional(map(string), {})
    taints           = optional(list(object({ key = string, value = optional(string), effect = string })), [])
    startup_taints = optional(
      list(object({ key = string, value = optional(string), effect = string })),
      [{ key = "ebs.csi.aws.com/agent-not-ready", effect = "NoExecute" }],
    )
    node_class               = optional(string, "default")
    expire_after             = optional(string, "720h")
    termination_grace_period = optional(string, "20m")
    disruption = optional(object({
      consolidate_after    = optional(string, "5m")
      consolidation_policy = optional(string, "WhenEmptyOrUnderutilized")
      budgets = optional(
        list(object({ nodes = string, reasons = optional(list(string)), schedule = optional(string), duration = optional(string) })),
        [{ nodes = "10%" }, { nodes = "1", reasons = ["Drifted"] }],
      )
    }), {})
  }))
  default  = {}
  nullable = false

  validation {
    condition     = alltrue([for name in keys(var.node_pools) : can(regex("^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$", name))])
    error_message = "A key of `node_pools` is the name of a NodePool: a-z, 0-9 and `-`, at most 63 characters."
  }

  validation {
    condition     = alltrue([for pool in values(var.node_pools) : length(pool.capacity_types) > 0 && length(setsubtract(pool.capacity_types, ["reserved", "spot", "on-demand"])) == 0])
    error_message = "`node_pools.*.capacity_types` takes at least one of `reserved`, `spot` and `on-demand`."
  }

  validation {
    condition     = alltrue([for pool in values(var.node_pools) : length(pool.architectures) > 0 && length(setsubtract(pool.architectures, ["amd64", "arm64"])) == 0])
    error_message = "`node_pools.*.architectures` takes `amd64`, `arm64` or both."
  }

  validation {
    condition     = alltrue([for pool in values(var.node_pools) : (pool.categories == null) != (pool.families == null)])
    error_message = "A pool takes either `categories` such as `[\"m\", \"c\", \"r\"]` or `families` such as `[\"g5\", \"g6\"]`: without any, Karpenter would start whatever AWS rents out."
  }

  validation {
    condition     = alltrue([for pool in values(var.node_pools) : length(pool.limits) > 0])
    error_message = "`node_pools.*.limits` must name a limit, for example `{ cpu = \"1000\" }`: a pool without one grows as far as the account's quotas."
  }

  validation {
    condition     = alltrue(flatten([for pool in values(var.node_pools) : [for quantity in values(pool.limits) : can(regex("^[0-9]+([.][0-9]+)?(m|k|M|G|T|Ki|Mi|Gi|Ti)?$", quantity))]]))
    error_message = "`node_pools.*.limits` takes quantities of Kubernetes, for example `1000` or `4000Gi`."
  }

  validation {
    condition     = alltrue([for pool in values(var.node_pools) : contains(range(1, 101), coalesce(pool.weight, 1))])
    error_message = "`node_pools.*.weight` must be a whole number between 1 and 100."
  }

  validation {
    condition     = alltrue([for pool in values(var.node_pools) : can(regex("^([0-9]+[smh])+$", pool.termination_grace_period)) && can(regex("^(([0-9]+[smh])+|Never)$", pool.expire_after))])
    error_message = "`node_pools.*.termination_grace_period` and `expire_after` take hours, minutes and seconds, for example `720h` or `1h30m`; `expire_after` also `Never`."
  }

  validation {
    condition     = alltrue([for pool in values(var.node_pools) : pool.node_class == "default" || contains(keys(var.node_class.variants), pool.node_class)])
    error_message = "`node_pools.*.node_class` must be `default` or a key of `node_class.variants`."
  }

  validation {
    condition     = alltrue([for pool in values(var.node_pools) : !contains(pool.capacity_types, "reserved") || length(try(var.node_class.variants[pool.node_class].capacity_reservations, [])) > 0])
    error_message = "A pool with `reserved` needs a `node_class` of `node_class.variants` whose `capacity_reservations` say which reservations."
  }

  validation {
    condition     = length(var.node_pools) == 0 || var.node_class.role != null || var.node_class.instance_profile != null
    error_message = "Node pools need `role` or `instance_profile` in `node_class`, for example `role = module.karpenter.node_role_name`."
  }
}

variable "node_class" {
  description = "How Karpenter's nodes are made. Exactly one of `role` (a name; Karpenter makes the instance profile) and `instance_profile`; `ami`, a release of Amazon Linux 2023 for EKS; the root `volume`, encrypted with `kms_key_arn` or the account's default key; `tags` beside those that Karpenter sets. `variants`: name => what a node class of that name has otherwise, a `volume` or `capacity_reservations` (capacity blocks too)."
  type = object({
    role             = optional(string)
    instance_profile = optional(string)
    ami              = optional(string, "al2023@v20260728")
    kms_key_arn      = optional(string)
    volume           = optional(object({ size_gib = optional(number, 100), iops = optional(number), throughput = optional(number) }), {})
    tags             = optional(map(string), {})
    variants = optional(map(object({
      volume = optional(object({ size_gib = optional(number, 100), iops = optional(number), throughput = optional(number) }))
      capacity_reservations = optional(list(object({
        id                      = optional(string)
        tags                    = optional(map(string))
        owner_id                = optional(string)
        instance_match_criteria = optional(string)
      })), [])
    })), {})
  })
  default  = {}
  nullable = false

  validation {
    condition     = var.node_class.role == null || var.node_class.instance_profile == null
    error_message = "`node_class` takes `role` or `instance_profile`, not both."
  }

  validation {
    condition     = can(regex("^al2023@v[0-9]{8}$", var.node_class.ami))
    error_message = "`node_class.ami` must be a release such as `al2023@v20260728`. With `latest`, each new image would replace every node as soon as it is out."
  }

  validation {
    condition     = var.node_class.kms_key_arn == null || can(regex("^arn:[a-z-]+:kms:[a-z0-9-]+:[0-9]{12}:key/.+$", var.node_class.kms_key_arn))
    error_message = "`node_class.kms_key_arn` must be the ARN of a KMS key, not of an alias."
  }

  validation {
    condition     = alltrue([for volume in concat([var.node_class.volume], [for variant in values(var.node_class.variants) : variant.volume]) : volume == null ? true : volume.size_gib >= 20 && volume.size_gib <= 16384 && floor(volume.size_gib) == volume.size_gib])
    error_message = "`volume.size_gib` of a node class must be a whole number between 20 and 16384."
  }

  validation {
    condition     = alltrue([for name in keys(var.node_class.variants) : name != "default" && can(regex("^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$", name))])
    error_message = "A key of `node_class.variants` is the name of a node class: a-z, 0-9 and `-`, and not `default`, which stands for the rest of `node_class`."
  }

  validation {
    condition = alltrue(flatten([for variant in values(var.node_class.variants) : [
      for reservation in variant.capacity_reservations :
      reservation.id != null ? can(regex("^cr-[0-9a-z]+$", reservation.id)) && reservation.tags == null && reservation.owner_id == null && reservation.instance_match_criteria == null : reservation.tags != null || reservation.instance_match_criteria != null
    ]]))
    error_message = "A capacity reservation is found by its `id` (`cr-...`) alone, or by `tags` or `instance_match_criteria`, which may stand with `owner_id`."
  }
}
