variable "name" {
  description = "Name of the network. It starts the `Name` tag of every object and the names of the log group, the key alias and the flow-log role."
  type        = string
  nullable    = false

  validation {
    condition     = can(regex("^[a-z][a-z0-9-]{1,22}[a-z0-9]$", var.name))
    error_message = "`name` must be 3 to 24 characters of a-z, 0-9 and `-`, start with a letter and not end with `-`."
  }
}

variable "cidr" {
  description = "IPv4 block of the VPC, a /16 to /20. Zone number i owns the i-th of eight equal slots of it, so the plan never moves when a zone is added."
  type        = string
  nullable    = false

  validation {
    condition     = can(cidrhost(var.cidr, 0)) && can(regex("/(1[6-9]|20)$", var.cidr))
    error_message = "`cidr` must be an IPv4 block between /16 and /20, for example `10.20.0.0/16`: smaller blocks leave a zone fewer than 250 node addresses."
  }

  validation {
    condition     = try(cidrhost(var.cidr, 0) == split("/", var.cidr)[0], true)
    error_message = "`cidr` must start at its network address, for example `10.20.0.0/16` and not `10.20.1.0/16`."
  }

  validation {
    condition     = can(regex("^(10\\.|172\\.(1[6-9]|2[0-9]|3[01])\\.|192\\.168\\.|100\\.(6[4-9]|[7-9][0-9]|1[01][0-9]|12[0-7])\\.)", var.cidr))
    error_message = "`cidr` must be private: inside 10.0.0.0/8, 172.16.0.0/12, 192.168.0.0/16 or 100.64.0.0/10."
  }
}

variable "zones" {
  description = "Availability zone IDs (`use1-az1`), two to six. Without `zone_slots` the place in the list decides the addresses: then append to it, and never reorder it or remove from its middle. The first one has the gateway of `nat.mode` `single`."
  type        = list(string)
  nullable    = false

  validation {
    condition     = length(var.zones) >= 2 && length(var.zones) <= 6
    error_message = "`zones` must name 2 to 6 zones: one zone has no redundancy, and the CIDR plan has 6 usable slots."
  }

  validation {
    condition     = alltrue([for zone in var.zones : can(regex("^[a-z]+[0-9]+-az[0-9]+$", zone))])
    error_message = "`zones` takes zone IDs such as `use1-az1`, not zone names such as `us-east-1a`: a name means a different zone in every account. `aws ec2 describe-availability-zones` lists both."
  }

  validation {
    condition     = length(distinct(var.zones)) == length(var.zones)
    error_message = "`zones` names a zone twice."
  }
}

variable "zone_slots" {
  description = "The CIDR slot of each zone, 0 to 7, by zone ID: `cidr` and `pods_cidr` are cut into eight. Null gives each zone the slot of its place in `zones`. With it a zone can be taken out of the middle, and the others keep their addresses."
  type        = map(number)
  default     = null

  validation {
    condition     = var.zone_slots == null || try(toset(keys(var.zone_slots)) == toset(var.zones), false)
    error_message = "`zone_slots` must name the zones of `zones`, all of them and no other."
  }

  validation {
    condition = var.zone_slots == null || alltrue([
      for slot in values(coalesce(var.zone_slots, {})) : slot >= 0 && slot <= 7 && floor(slot) == slot
    ])
    error_message = "`zone_slots` takes whole numbers from 0 to 7: there are eight slots."
  }

  validation {
    condition     = var.zone_slots == null || length(distinct(values(coalesce(var.zone_slots, {})))) == length(coalesce(var.zone_slots, {}))
    error_message = "`zone_slots` gives one slot to two zones, whose subnets would have the same addresses."
  }
}

variable "pods_cidr" {
  description = "Secondary IPv4 block for pods, a /16 to /20, usually of 100.64.0.0/10. Null gives pods addresses of the private subnets."
  type        = string
  default     = null

  validation {
    condition     = var.pods_cidr == null || (can(cidrhost(var.pods_cidr, 0)) && can(regex("/(1[6-9]|20)$", var.pods_cidr)))
    error_message = "`pods_cidr` must be an IPv4 block between /16 and /20, for example `100.64.0.0/16`."
  }

  validation {
    condition     = var.pods_cidr == null || try(cidrhost(var.pods_cidr, 0) == split("/", var.pods_cidr)[0], true)
    error_message = "`pods_cidr` must start at its network address, for example `100.64.0.0/16` and not `100.64.1.0/16`."
  }

  # The table of association restrictions in the VPC user guide. Two blocks overlap exactly when they are equal after both are cut to the shorter prefix.
  validation {
    condition = var.pods_cidr == null || try(alltrue([
      for range in concat(
        ["198.19.0.0/16"],
        startswith(var.cidr, "10.") ? [] : ["10.0.0.0/8"],
        startswith(var.cidr, "172.") ? ["172.31.0.0/16"] : ["172.16.0.0/12"],
        startswith(var.cidr, "192.168.") ? [] : ["192.168.0.0/16"],
        can(regex("^10\\.[01]\\.", var.cidr)) ? ["10.0.0.0/16"] : [],
      ) :
      cidrhost(format("%s/%d", split("/", var.pods_cidr)[0], min(split("/", range)[1], split("/", var.pods_cidr)[1])), 0) !=
      cidrhost(format("%s/%d", split("/", range)[0], min(split("/", range)[1], split("/", var.pods_cidr)[1])), 0)
    ]), true)
    error_message = "AWS takes no second block of another private range than that of `cidr`, none of 198.19.0.0/16, none of 172.31.0.0/16 beside one of 172.16.0.0/12, and none of 10.0.0.0/16 beside one of 10.0.0.0/15. Choose `pods_cidr` of 100.64.0.0/10, which it takes beside all of them."
  }

  validation {
    condition     = var.pods_cidr == null || try(!startswith(cidrhost(var.pods_cidr, 0), "172.17."), true)
    error_message = "`pods_cidr` is of 172.17.0.0/16, which Docker and services of AWS have for themselves: pods there are not reached. Choose a block of 100.64.0.0/10."
  }

  # Two blocks overlap exactly when they are equal after both are cut to the shorter prefix.
  validation {
    condition = var.pods_cidr == null || try(
      cidrhost(format("%s/%d", split("/", var.pods_cidr)[0], min(split("/", var.cidr)[1], split("/", var.pods_cidr)[1])), 0) !=
      cidrhost(format("%s/%d", split("/", var.cidr)[0], min(split("/", var.cidr)[1], split("/", var.pods_cidr)[1])), 0),
      true,
    )
    error_message = "`pods_cidr` overlaps `cidr`. Choose a block outside of the VPC's own, for example of 100.64.0.0/10."
  }
}

variable "ipv6" {
  description = "Whether the VPC also has IPv6 (dual stack): a /56 of Amazon's, a /64 for each subnet. Private and pod subnets reach out through an egress-only gateway unless `nat.mode` is `none`; database and intra subnets have addresses and no way out."
  type        = bool
  default     = false
  nullable    = false
}

variable "nat" {
  description = "How private subnets reach the internet. `none`: not at all. `single`: through one NAT gateway in the first zone. `per-zone`: through one in each zone. `elastic_ip_allocation_ids` brings your own addresses: one for `single`, one per zone and in zone order for `per-zone`. Each address carries 55,000 connections to one destination; `secondary_allocation_ids`, zone ID => up to seven allocation IDs, are further ones of a gateway. They are there before: version 5 of the AWS provider gives a gateway no address that the same apply makes. An account has two addresses for a gateway until it asks for more (quota L-5F53652F)."
  type = object({
    mode                      = string
    elastic_ip_allocation_ids = optional(list(string))
    secondary_allocation_ids  = optional(map(list(string)), {})
  })
  default  = { mode = "per-zone" }
  nullable = false

  validation {
    condition     = contains(["none", "single", "per-zone"], var.nat.mode)
    error_message = "`nat.mode` must be `none`, `single` or `per-zone`."
  }

  validation {
    condition = var.nat.elastic_ip_allocation_ids == null || (
      var.nat.mode == "single" ? length(coalesce(var.nat.elastic_ip_allocation_ids, [])) == 1 :
      var.nat.mode == "per-zone" ? length(coalesce(var.nat.elastic_ip_allocation_ids, [])) == length(var.zones) : false
    )
    error_message = "`nat.elastic_ip_allocation_ids` must hold one allocation ID with mode `single`, one per zone with mode `per-zone`, and cannot be given with mode `none`."
  }

  validation {
    condition     = alltrue([for ids in values(var.nat.secondary_allocation_ids) : length(ids) <= 7 && length(distinct(ids)) == length(ids)])
    error_message = "`nat.secondary_allocation_ids` takes up to seven different IDs for each zone: a NAT gateway has eight addresses at most."
  }

  validation {
    condition     = length(setsubtract(keys(var.nat.secondary_allocation_ids), var.nat.mode == "per-zone" ? var.zones : var.nat.mode == "single" ? [var.zones[0]] : [])) == 0
    error_message = "`nat.secondary_allocation_ids` takes zones that have a gateway: those of `zones` with mode `per-zone`, the first one with mode `single`, none with mode `none`."
  }
}

variable "public_subnets" {
  description = "Whether to make public subnets and the internet gateway. Null follows `nat`: they are made unless `nat.mode` is `none`. Set true for public load balancers in a network without NAT."
  type        = bool
  default     = null

  validation {
    condition     = var.public_subnets != false || var.nat.mode == "none"
    error_message = "`public_subnets = false` contradicts `nat.mode`: a NAT gateway stands in a public subnet. Use mode `none`, or leave `public_subnets` out."
  }
}

variable "gateway_endpoints" {
  description = "Services reached through gateway endpoints, which cost nothing and keep their traffic off the NAT gateways."
  type        = set(string)
  default     = ["s3", "dynamodb"]
  nullable    = false

  validation {
    condition     = length(setsubtract(var.gateway_endpoints, ["s3", "dynamodb"])) == 0
    error_message = "`gateway_endpoints` may hold `s3` and `dynamodb` only: AWS offers gateway endpoints for no other service. Use `interface_endpoints`."
  }
}

variable "interface_endpoints" {
  description = "Services reached through interface endpoints, by the short name that ends the endpoint service name: `ecr.api`, `ecr.dkr`, `sts`, `bedrock-runtime`."
  type        = set(string)
  default     = []
  nullable    = false

  validation {
    condition     = alltrue([for service in var.interface_endpoints : can(regex("^[a-z0-9][a-z0-9.-]*$", service)) && !startswith(service, "com.")])
    error_message = "`interface_endpoints` takes short service names such as `ecr.api`, not `com.amazonaws.<region>.ecr.api`."
  }

  validation {
    condition     = length(setintersection(var.interface_endpoints, ["s3", "dynamodb"])) == 0
    error_message = "`s3` and `dynamodb` belong in `gateway_endpoints`: an interface endpoint for them costs money and adds nothing inside this VPC."
  }
}

variable "endpoint_policies" {
  description = "Service => policy (JSON) of its endpoint, which says who may reach what through it, beside what IAM allows. Without one AWS lets everything through; what ECR and others keep in S3 is in buckets of AWS's own, which a policy for `s3` has to allow."
  type        = map(string)
  default     = {}
  nullable    = false

  validation {
    condition     = length(setsubtract(keys(var.endpoint_policies), setunion(var.gateway_endpoints, var.interface_endpoints))) == 0
    error_message = "`endpoint_policies` names a service that is in neither `gateway_endpoints` nor `interface_endpoints`."
  }

  # A value that is not known while planning is taken, and AWS looks at it.
  validation {
    condition     = alltrue([for policy in values(var.endpoint_policies) : can(jsondecode(policy).Statement) && length(policy) <= 20480])
    error_message = "`endpoint_policies` takes policy documents in JSON, with a `Statement`, of at most 20,480 characters; `data.aws_iam_policy_document.….minified_json` is one without blanks."
  }
}

variable "flow_logs" {
  description = "VPC flow logs in CloudWatch Logs, kept for `retention_days`, encrypted with a key of their own or with `kms_key_arn`, whose policy must let CloudWatch Logs (`logs.<region>.…`) use it for the group `/aws/vpc/<name>/flow-logs`, and which is chosen when they are switched on. Null switches them off."
  type = object({
    retention_days = number
    kms_key_arn    = optional(string)
  })
  default = { retention_days = 365 }

  validation {
    condition     = var.flow_logs == null || contains([1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827, 2192, 2557, 2922, 3288, 3653], try(var.flow_logs.retention_days, 0))
    error_message = "`flow_logs.retention_days` must be a period that CloudWatch Logs knows: 1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827, 2192, 2557, 2922, 3288 or 3653."
  }

  validation {
    condition     = try(var.flow_logs.kms_key_arn, null) == null || can(regex("^arn:[a-z-]+:kms:[a-z0-9-]+:[0-9]{12}:key/[A-Za-z0-9-]+$", var.flow_logs.kms_key_arn))
    error_message = "`flow_logs.kms_key_arn` must be the ARN of a key, not of an alias: `arn:aws:kms:us-east-1:123456789012:key/…`."
  }
}

variable "flow_logs_to_s3" {
  description = "VPC flow logs in S3, beside those of `flow_logs` or in their place. `bucket_arn`: a bucket that exists, with a folder behind it if wanted (`arn:aws:s3:::logs/vpc`), whose policy, and whose key if it has one, let `delivery.logs.amazonaws.com` write; null makes one, with a key of its own, which keeps them for `days`. `parquet`: in columns, which Athena reads for a fraction of the price of text. `hive_partitions`: folders named so that Athena and Spark know them as partitions. `hourly_partitions`: a folder for each hour, not for each day. `force_destroy`: whether a destroy deletes the logs with the bucket. Null sends none."
  type = object({
    bucket_arn        = optional(string)
    days              = optional(number, 365)
    parquet           = optional(bool, true)
    hive_partitions   = optional(bool, false)
    hourly_partitions = optional(bool, true)
    force_destroy     = optional(bool, false)
  })
  default = null

  validation {
    condition     = try(var.flow_logs_to_s3.bucket_arn, null) == null || can(regex("^arn:[a-z-]+:s3:::[a-z0-9][a-z0-9.-]{1,61}[a-z0-9](/[^*]*)?$", var.flow_logs_to_s3.bucket_arn))
    error_message = "`flow_logs_to_s3.bucket_arn` must be the ARN of a bucket, with a folder or without: `arn:aws:s3:::logs` or `arn:aws:s3:::logs/vpc`."
  }

  validation {
    condition     = !can(regex("/AWSLogs(/|$)", try(var.flow_logs_to_s3.bucket_arn, "")))
    error_message = "`flow_logs_to_s3.bucket_arn` names the folder `AWSLogs`, which AWS keeps for itself and makes below the one that is given."
  }

  validation {
    condition     = try(var.flow_logs_to_s3.days, null) == null || try(var.flow_logs_to_s3.days >= 1 && floor(var.flow_logs_to_s3.days) == var.flow_logs_to_s3.days, false)
    error_message = "`flow_logs_to_s3.days` must be a whole number of days, 1 or more."
  }
}

variable "public_access_exclusion" {
  description = "Where the account blocks public access of its VPCs in this region (VPC Block Public Access), what this VPC may nevertheless: `allow-egress` for NAT gateways, `allow-bidirectional` for load balancers on the internet as well. The block itself is the account's, and set by whoever owns that. Null asks for no exclusion."
  type        = string
  default     = null

  validation {
    condition     = var.public_access_exclusion == null || contains(["allow-egress", "allow-bidirectional"], coalesce(var.public_access_exclusion, "-"))
    error_message = "`public_access_exclusion` must be `allow-egress` or `allow-bidirectional`, or null."
  }
}

variable "cluster_name" {
  description = "Name of the EKS cluster that will live here, for the subnet tags by which the load balancer controller and Karpenter find their subnets. Null leaves those tags out."
  type        = string
  default     = null

  validation {
    condition     = var.cluster_name == null || can(regex("^[0-9A-Za-z][0-9A-Za-z_-]{0,99}$", var.cluster_name))
    error_message = "`cluster_name` must be 1 to 100 letters, digits, `-` or `_`, and start with a letter or digit."
  }
}

variable "permissions_boundary" {
  description = "ARN of the IAM policy that bounds the flow-log role, or null."
  type        = string
  default     = null

  validation {
    condition     = var.permissions_boundary == null || can(regex("^arn:[a-z-]+:iam::([0-9]{12}|aws):policy/.+$", var.permissions_boundary))
    error_message = "`permissions_boundary` must be the ARN of an IAM policy, for example `arn:aws:iam::123456789012:policy/boundary`."
  }
}
