variable "name" {
  description = "Name of the load balancer. It also starts the names of its security group, target groups and log bucket."
  type        = string
  nullable    = false

  validation {
    condition     = can(regex("^[a-z][a-z0-9-]{1,22}[a-z0-9]$", var.name)) && !startswith(var.name, "internal-")
    error_message = "`name` must be 3 to 24 characters of a-z, 0-9 and `-`, start with a letter, not end with `-` and not begin with `internal-`."
  }
}

variable "type" {
  description = "`alb` (HTTP, with WAF, rules and client certificates) or `nlb` (TCP behind TLS, with fixed addresses). AWS cannot change it later."
  type        = string
  default     = "alb"
  nullable    = false

  validation {
    condition     = contains(["alb", "nlb"], var.type)
    error_message = "`type` must be `alb` or `nlb`."
  }
}

variable "internal" {
  description = "Whether the load balancer has private addresses only. AWS cannot change it later."
  type        = bool
  default     = false
  nullable    = false
}

variable "vpc_id" {
  description = "VPC of the load balancer and its targets."
  type        = string
  nullable    = false
}

variable "subnet_ids" {
  description = "Zone ID => subnet of the load balancer: public ones, or private ones when it is internal. Zones can be added; taking one from an `nlb` makes another load balancer, with other addresses."
  type        = map(string)
  nullable    = false

  validation {
    condition     = length(var.subnet_ids) >= 2
    error_message = "`subnet_ids` must name subnets of at least two zones."
  }
}

variable "elastic_ip_allocation_ids" {
  description = "Zone ID => allocation of the public address that the load balancer has there, for allow-lists of others. `nlb` only; empty takes addresses of AWS."
  type        = map(string)
  default     = {}
  nullable    = false

  validation {
    condition     = length(var.elastic_ip_allocation_ids) == 0 || (var.type == "nlb" && !var.internal)
    error_message = "`elastic_ip_allocation_ids` needs `type` `nlb` and a load balancer that is not internal."
  }

  validation {
    condition     = length(var.elastic_ip_allocation_ids) == 0 || toset(keys(var.elastic_ip_allocation_ids)) == toset(keys(var.subnet_ids))
    error_message = "`elastic_ip_allocation_ids` needs an address for each zone of `subnet_ids`, or none."
  }
}

variable "ip_address_type" {
  description = "`ipv4` or `dualstack`. `dualstack` needs subnets with IPv6 and adds AAAA records."
  type        = string
  default     = "ipv4"
  nullable    = false

  validation {
    condition     = contains(["ipv4", "dualstack"], var.ip_address_type)
    error_message = "`ip_address_type` must be `ipv4` or `dualstack`."
  }
}

variable "allowed_from" {
  description = "Name => block, IPv4 or IPv6, from which port 443 may be reached. No other port is open, but for 80 with `redirect_http`."
  type        = map(string)
  nullable    = false

  validation {
    condition     = length(var.allowed_from) >= 1 && alltrue([for block in values(var.allowed_from) : can(cidrhost(block, 0))])
    error_message = "`allowed_from` must name at least one block, such as `{ office = \"203.0.113.0/24\" }`."
  }

  validation {
    condition     = var.open_to_the_internet || alltrue([for block in values(var.allowed_from) : try(tonumber(split("/", block)[1]) >= (strcontains(block, ":") ? 16 : 8), true)])
    error_message = "`allowed_from` holds a block that is all of the internet or close to it. List the networks that need access, or say `open_to_the_internet = true`."
  }

  validation {
    condition     = var.ip_address_type == "dualstack" || alltrue([for block in values(var.allowed_from) : !strcontains(block, ":")])
    error_message = "`allowed_from` holds an IPv6 block, which needs `ip_address_type` `dualstack`."
  }
}

variable "open_to_the_internet" {
  description = "Whether `allowed_from` may hold `0.0.0.0/0`. For endpoints that everybody is meant to reach."
  type        = bool
  default     = false
  nullable    = false
}

variable "domains" {
  description = "Host names that the load balancer answers, `ai.acme.com` or `*.ai.acme.com`: each gets a Route 53 record, and all are in the certificate."
  type        = list(string)
  default     = []
  nullable    = false

  validation {
    condition     = alltrue([for domain in var.domains : can(regex("^(\\*\\.)?([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\\.)+[a-z]{2,}$", domain))])
    error_message = "`domains` takes host names in lower case, such as `ai.acme.com` or `*.ai.acme.com`."
  }

  validation {
    condition     = length(distinct(var.domains)) == length(var.domains)
    error_message = "`domains` names a host twice."
  }
}

variable "dns" {
  description = "Route 53 zone in which the records of `domains` are made. Null when DNS is elsewhere: then `certificate` is needed. An object, so that the ID may be unknown while planning."
  type        = object({ zone_id = string })
  default     = null

  validation {
    condition     = var.dns == null || length(var.domains) > 0
    error_message = "`dns` is for the records of `domains`, which is empty."
  }
}

variable "certificate" {
  description = "ARN of an ACM certificate that exists. Null makes one for `domains`, validated in the zone of `dns`."
  type        = object({ arn = string })
  default     = null

  validation {
    condition     = var.certificate != null || (var.dns != null && length(var.domains) > 0)
    error_message = "Without `certificate` one is made, which needs `domains` and their `dns`."
  }

  validation {
    condition     = var.certificate == null || can(regex("^arn:[a-z-]+:acm:[a-z0-9-]+:[0-9]{12}:certificate/.+$", var.certificate.arn))
    error_message = "`certificate.arn` must be the ARN of an ACM certificate."
  }
}

variable "ssl_policy" {
  description = "TLS policy of the listener: TLS 1.3 and 1.2 only."
  type        = string
  default     = "ELBSecurityPolicy-TLS13-1-2-2021-06"
  nullable    = false

  validation {
    condition     = can(regex("^ELBSecurityPolicy-TLS13-1-[23](-Res|-Res-PQ|-PQ|-FIPS|-Res-FIPS)?-20[0-9]{2}-[0-9]{2}$", var.ssl_policy))
    error_message = "`ssl_policy` must be a policy of TLS 1.3 with 1.2 at the least, such as `ELBSecurityPolicy-TLS13-1-2-2021-06` or `ELBSecurityPolicy-TLS13-1-3-2021-06`."
  }
}

variable "mutual_tls" {
  description = "Client certificates: checked against `trust_store_arn`, or null for none. `alb` only."
  type = object({
    trust_store_arn            = string
    ignore_certificate_expiry  = optional(bool, false)
    advertise_certificate_list = optional(bool, true)
  })
  default = null

  validation {
    condition     = var.mutual_tls == null || var.type == "alb"
    error_message = "`mutual_tls` needs `type` `alb`. Behind an `nlb`, check client certificates in the cluster's own gateway."
  }
}

variable "targets" {
  description = "Name => target group of pods. `port` is the pods' port, `protocol` `HTTPS` or `HTTP` (`alb`), `TLS` or `TCP` (`nlb`); `hosts` the host names that lead there (`alb`); `service` the Kubernetes service whose pods the TargetGroupBinding registers."
  type = map(object({
    port             = number
    protocol         = optional(string)
    protocol_version = optional(string, "HTTP1")
    hosts            = optional(list(string), [])
    service          = optional(object({ namespace = string, name = string, port = number }))
    health = optional(object({
      path     = optional(string, "/")
      port     = optional(number)
      protocol = optional(string)
      matcher  = optional(string, "200-399")
    }), {})
    deregistration_delay = optional(number, 60)
  }))
  nullable = false

  validation {
    condition     = length(var.targets) >= 1 && alltrue([for name in keys(var.targets) : can(regex("^[a-z][a-z0-9-]{0,15}$", name))])
    error_message = "`targets` must name at least one target group; names are 1 to 16 characters of a-z, 0-9 and `-`, starting with a letter."
  }

  validation {
    condition = alltrue([
      for target in values(var.targets) : target.protocol == null || contains(var.type == "alb" ? ["HTTP", "HTTPS"] : ["TCP", "TLS"], coalesce(target.protocol, "-"))
    ])
    error_message = "`targets` takes the protocols `HTTPS` and `HTTP` behind an `alb`, `TLS` and `TCP` behind an `nlb`."
  }

  validation {
    condition     = alltrue([for target in values(var.targets) : target.port >= 1 && target.port <= 65535])
    error_message = "`targets` takes ports from 1 to 65535."
  }

  validation {
    condition     = alltrue([for target in values(var.targets) : contains(["HTTP1", "HTTP2", "GRPC"], target.protocol_version)])
    error_message = "`targets` takes the protocol versions `HTTP1`, `HTTP2` and `GRPC`."
  }

  validation {
    condition     = alltrue([for target in values(var.targets) : var.type == "alb" || length(target.hosts) == 0])
    error_message = "`targets` with `hosts` need `type` `alb`: an `nlb` sees no host names."
  }
}

variable "default_target" {
  description = "Name of the target that gets what no `hosts` match. Null answers 404; an `nlb` needs one."
  type        = string
  default     = null

  validation {
    condition     = var.default_target == null ? var.type == "alb" : contains(keys(var.targets), coalesce(var.default_target, "-"))
    error_message = "`default_target` must be a name of `targets`; it may be null with `type` `alb` only."
  }
}

variable "target_security_group_id" {
  description = "Security group of the pods' nodes, usually the cluster's: it is opened to the load balancer on the targets' ports, and the load balancer reaches nothing else."
  type        = string
  nullable    = false
}

variable "target_ip_address_type" {
  description = "Addresses of the pods: `ipv4`, or `ipv6` in a cluster of that family, which needs `ip_address_type` `dualstack`."
  type        = string
  default     = "ipv4"
  nullable    = false

  validation {
    condition     = contains(["ipv4", "ipv6"], var.target_ip_address_type) && (var.target_ip_address_type == "ipv4" || var.ip_address_type == "dualstack")
    error_message = "`target_ip_address_type` must be `ipv4`, or `ipv6` together with `ip_address_type` `dualstack`."
  }
}

variable "redirect_http" {
  description = "Whether port 80 is open to `allowed_from` as well, and answers with a redirect to HTTPS. `alb` only."
  type        = bool
  default     = false
  nullable    = false

  validation {
    condition     = !var.redirect_http || var.type == "alb"
    error_message = "`redirect_http` needs `type` `alb`: an `nlb` does not speak HTTP."
  }
}

variable "idle_timeout" {
  description = "Seconds without data after which an `alb` closes a connection. Streaming answers of models need more than the usual 60."
  type        = number
  default     = 300
  nullable    = false

  validation {
    condition     = var.idle_timeout >= 1 && var.idle_timeout <= 4000
    error_message = "`idle_timeout` must be between 1 and 4000."
  }
}

variable "web_acl" {
  description = "A web ACL in front of the load balancer: `arn` of a regional WAFv2 web ACL that exists, or `create` for one with rules of AWS. Null for none. `alb` only. `create.count_only`: matching requests are counted and let through, to see first what would be refused; `create.log_days`: for how long refused requests are kept. `create.kms_key_arn`: a key that is there already for that log, whose policy must let CloudWatch Logs (`logs.<region>.…`) use it for the group `aws-waf-logs-<name>`; it is chosen when the web ACL is made."
  type = object({
    arn = optional(string)
    create = optional(object({
      count_only  = optional(bool, false)
      log_days    = optional(number, 365)
      kms_key_arn = optional(string)
    }))
  })
  default = null

  validation {
    condition     = var.web_acl == null || (var.type == "alb" && (try(var.web_acl.arn, null) == null) != (try(var.web_acl.create, null) == null))
    error_message = "`web_acl` needs `type` `alb`, and either `arn` or `create`."
  }

  validation {
    condition     = try(var.web_acl.arn, null) == null || can(regex("^arn:[a-z-]+:wafv2:[a-z0-9-]+:[0-9]{12}:regional/webacl/.+$", var.web_acl.arn))
    error_message = "`web_acl.arn` must be the ARN of a regional WAFv2 web ACL."
  }

  validation {
    condition     = try(var.web_acl.create.kms_key_arn, null) == null || can(regex("^arn:[a-z-]+:kms:[a-z0-9-]+:[0-9]{12}:key/[A-Za-z0-9-]+$", var.web_acl.create.kms_key_arn))
    error_message = "`web_acl.create.kms_key_arn` must be the ARN of a key, not of an alias: `arn:aws:kms:us-east-1:123456789012:key/…`."
  }
}

variable "access_logs" {
  description = "Access logs: kept for `days` in a bucket made here, or sent to `bucket`, which must let the load balancer write. Where `bucket` takes the place of one made here, that one goes once nothing is written there any more, and only empty unless `force_destroy_logs` was applied before."
  type = object({
    bucket = optional(object({ name = string }))
    days   = optional(number, 365)
  })
  default  = {}
  nullable = false

  validation {
    condition     = var.access_logs.days >= 1
    error_message = "`access_logs.days` must be 1 or more."
  }
}

variable "deletion_protection" {
  description = "Whether AWS refuses to delete the load balancer. Set it false, and apply, before a destroy."
  type        = bool
  default     = true
  nullable    = false
}

variable "force_destroy_logs" {
  description = "Whether a destroy deletes the log bucket with the logs in it."
  type        = bool
  default     = false
  nullable    = false
}
