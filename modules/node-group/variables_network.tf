variable "efa" {
  description = "Whether each network card of an instance that can have an Elastic Fabric Adapter has one. Nodes then stand in one zone and, but for capacity blocks, in a cluster placement group; a security group of their own lets them speak to each other. What hands the adapters to pods (the EFA device plugin or its DRA driver) is not installed here."
  type        = bool
  default     = false
  nullable    = false

  validation {
    condition     = !var.efa || (length(var.instance_types) == 1 && length(var.subnet_ids) == 1)
    error_message = "`efa` needs one of `instance_types`, as the template names each network card, and one of `subnet_ids`, as adapters reach each other within a subnet alone."
  }

  validation {
    condition     = !var.efa || length(var.security_group_ids) <= 4
    error_message = "`efa` adds a security group, and an interface takes five: name at most 4 in `security_group_ids`."
  }
}

variable "efa_network_cards" {
  description = "Indices of the network cards that get an adapter, or null for as many as the instance type takes, the fastest cards first. Some types want a choice: `[1, 5, 9, 13]` is one of those for `p6e-gb200.36xlarge`."
  type        = list(number)
  default     = null

  validation {
    condition     = var.efa_network_cards == null || (var.efa && try(length(var.efa_network_cards) > 0 && alltrue([for card in var.efa_network_cards : card >= 0 && floor(card) == card]) && length(distinct(var.efa_network_cards)) == length(var.efa_network_cards), false))
    error_message = "`efa_network_cards` takes indices of network cards, each once, such as `[0, 1, 2, 3]`, together with `efa`."
  }
}

variable "placement_group" {
  description = "How nodes stand to each other: `strategy` (`cluster`, `spread` or `partition`) makes a placement group, `name` takes one that exists. Null makes one of strategy `cluster` with `efa`, but for capacity blocks, which know none; `{}` makes none."
  type = object({
    strategy = optional(string)
    name     = optional(string)
  })
  default = null

  validation {
    condition     = contains(["cluster", "spread", "partition"], coalesce(try(var.placement_group.strategy, null), "cluster"))
    error_message = "`placement_group.strategy` must be `cluster`, `spread` or `partition`."
  }

  validation {
    condition     = try(var.placement_group.strategy, null) == null || try(var.placement_group.name, null) == null
    error_message = "`placement_group` takes either `strategy`, to make a group, or `name`, for one that exists."
  }

  validation {
    condition     = var.capacity_type != "CAPACITY_BLOCK" || (try(var.placement_group.strategy, null) == null && try(var.placement_group.name, null) == null)
    error_message = "`placement_group` is not for `capacity_type` `CAPACITY_BLOCK`: EC2 starts no instance of a capacity block in a placement group."
  }

  validation {
    condition     = try(var.placement_group.strategy, null) != "cluster" || length(var.subnet_ids) == 1
    error_message = "`placement_group.strategy` `cluster` needs one of `subnet_ids`: such a group is within one zone."
  }
}
