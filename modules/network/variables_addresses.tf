variable "subnet_cidrs" {
  description = "Blocks of single subnets in place of those that are cut from `cidr` and `pods_cidr`: kind => zone ID => block, for a plan that a company has given. What is not named stays as it is computed. A block lies in `cidr`, `pods_cidr` or one of `secondary_cidrs`. AWS keeps a subnet's block: another one makes another subnet, with all that is in it."
  type = object({
    private  = optional(map(string), {})
    public   = optional(map(string), {})
    database = optional(map(string), {})
    intra    = optional(map(string), {})
    pods     = optional(map(string), {})
  })
  default  = {}
  nullable = false

  validation {
    condition = alltrue(flatten([
      for kind in values(var.subnet_cidrs) : [
        for block in values(kind) : can(cidrnetmask(block)) && can(regex("/(1[6-9]|2[0-8])$", block)) && try(cidrhost(block, 0) == split("/", block)[0], false)
      ]
    ]))
    error_message = "`subnet_cidrs` takes IPv4 blocks between /16 and /28 that start at their network address, for example `10.20.32.0/22`."
  }

  validation {
    condition     = alltrue(flatten([for kind in values(var.subnet_cidrs) : [for zone in keys(kind) : contains(var.zones, zone)]]))
    error_message = "`subnet_cidrs` names a zone that is not in `zones`."
  }

  validation {
    condition     = length(var.subnet_cidrs.pods) == 0 || var.pods_cidr != null
    error_message = "`subnet_cidrs.pods` needs `pods_cidr`: without it there are no subnets for pods."
  }
}

variable "secondary_cidrs" {
  description = "Name => further IPv4 block of the VPC, a /16 to /28 beside `cidr` and `pods_cidr`, for `extra_private_subnets` and `subnet_cidrs`. A VPC has five blocks unless its account may have more (quota L-83CA0A9D)."
  type        = map(string)
  default     = {}
  nullable    = false

  validation {
    condition = alltrue([
      for block in values(var.secondary_cidrs) : can(cidrnetmask(block)) && can(regex("/(1[6-9]|2[0-8])$", block)) && try(cidrhost(block, 0) == split("/", block)[0], false)
    ])
    error_message = "`secondary_cidrs` takes IPv4 blocks between /16 and /28 that start at their network address, for example `100.65.0.0/16`."
  }

  # Two blocks overlap exactly when they are equal after both are cut to the shorter prefix.
  validation {
    condition = alltrue([
      for pair in setproduct(range(length(var.secondary_cidrs)), range(2 + length(var.secondary_cidrs))) : pair[0] + 2 == pair[1] || try(
        cidrhost(format("%s/%d", split("/", values(var.secondary_cidrs)[pair[0]])[0], min(split("/", values(var.secondary_cidrs)[pair[0]])[1], split("/", concat([var.cidr, var.pods_cidr], values(var.secondary_cidrs))[pair[1]])[1])), 0) !=
        cidrhost(format("%s/%d", split("/", concat([var.cidr, var.pods_cidr], values(var.secondary_cidrs))[pair[1]])[0], min(split("/", values(var.secondary_cidrs)[pair[0]])[1], split("/", concat([var.cidr, var.pods_cidr], values(var.secondary_cidrs))[pair[1]])[1])), 0),
        true,
      )
    ])
    error_message = "`secondary_cidrs` holds a block that overlaps `cidr`, `pods_cidr` or another one. Choose blocks apart from each other."
  }

  # The VPC user guide's table of what AWS associates beside which first block.
  validation {
    condition = alltrue([
      for block in values(var.secondary_cidrs) : !can(regex("^(198\\.19\\.|172\\.31\\.)", block)) && (
        !can(regex("^(10\\.|172\\.(1[6-9]|2[0-9]|3[01])\\.|192\\.168\\.)", block)) ||
        (startswith(block, "10.") && startswith(var.cidr, "10.") && !(can(regex("^10\\.[01]\\.", var.cidr)) && startswith(block, "10.0."))) ||
        (startswith(block, "172.") && startswith(var.cidr, "172.")) ||
        (startswith(block, "192.168.") && startswith(var.cidr, "192.168."))
      )
    ])
    error_message = "`secondary_cidrs` holds a block that AWS does not associate beside `cidr`: a private one must be of the same range as `cidr` (10.0.0.0/8, 172.16.0.0/12 or 192.168.0.0/16), none may be of 172.31.0.0/16 or 198.19.0.0/16, nor of 10.0.0.0/16 beside 10.0.0.0/15. Blocks of 100.64.0.0/10 go with all."
  }
}

variable "extra_private_subnets" {
  description = "Name => a further subnet for nodes, for a network whose private subnets have run out of addresses: `cidr` in `cidr`, `pods_cidr` or one of `secondary_cidrs`, and `zone`, whose route table it shares. With `ipv6`, `ipv6_index` says which of the zone's 32 /64 it has, from 5. Karpenter finds it by its tag; load balancers do not."
  type = map(object({
    zone       = string
    cidr       = string
    ipv6_index = optional(number)
  }))
  default  = {}
  nullable = false

  validation {
    condition     = alltrue([for name in keys(var.extra_private_subnets) : can(regex("^[a-z0-9]([a-z0-9-]{0,30}[a-z0-9])?$", name))])
    error_message = "`extra_private_subnets` takes names of 1 to 32 characters of a-z, 0-9 and `-`."
  }

  validation {
    condition = alltrue([
      for subnet in values(var.extra_private_subnets) : can(cidrnetmask(subnet.cidr)) && can(regex("/(1[6-9]|2[0-8])$", subnet.cidr)) && try(cidrhost(subnet.cidr, 0) == split("/", subnet.cidr)[0], false)
    ])
    error_message = "`extra_private_subnets.*.cidr` must be an IPv4 block between /16 and /28 that starts at its network address, for example `100.65.0.0/20`."
  }

  validation {
    condition     = alltrue([for subnet in values(var.extra_private_subnets) : contains(var.zones, subnet.zone)])
    error_message = "`extra_private_subnets.*.zone` must be one of `zones`, whose route table and NAT gateway serve the subnet."
  }

  validation {
    condition = alltrue([
      for subnet in values(var.extra_private_subnets) : var.ipv6 ? contains(range(5, 32), coalesce(subnet.ipv6_index, 0)) : subnet.ipv6_index == null
    ])
    error_message = "`extra_private_subnets.*.ipv6_index` must be a whole number from 5 to 31 with `ipv6`, as the first five are taken, and is left out without."
  }

  validation {
    condition = length(distinct([for subnet in values(var.extra_private_subnets) : "${subnet.zone}/${coalesce(subnet.ipv6_index, 0)}"])) == length(var.extra_private_subnets) || alltrue([
      for subnet in values(var.extra_private_subnets) : subnet.ipv6_index == null
    ])
    error_message = "`extra_private_subnets` gives one `ipv6_index` to two subnets of a zone."
  }
}
