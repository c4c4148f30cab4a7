variable "vpc_id" {
  description = "The VPC that exists."
  type        = string
  nullable    = false

  validation {
    condition     = can(regex("^vpc-[0-9a-f]+$", var.vpc_id))
    error_message = "`vpc_id` must be the ID of a VPC, for example `vpc-0123456789abcdef0`."
  }
}

variable "private_subnet_ids" {
  description = "Subnets for nodes and internal load balancers, one per zone, in two zones or more."
  type        = set(string)
  nullable    = false

  validation {
    condition     = length(var.private_subnet_ids) >= 2
    error_message = "`private_subnet_ids` must name subnets of at least two zones."
  }
}

variable "public_subnet_ids" {
  description = "Subnets for public load balancers, at most one per zone. Empty when there are none."
  type        = set(string)
  default     = []
  nullable    = false
}

variable "database_subnet_ids" {
  description = "Subnets for databases, at most one per zone. Empty uses the private ones."
  type        = set(string)
  default     = []
  nullable    = false

  validation {
    condition     = length(var.database_subnet_ids) != 1
    error_message = "`database_subnet_ids` must name subnets of at least two zones, or none: RDS wants two."
  }
}

variable "intra_subnet_ids" {
  description = "Subnets for the cluster's control-plane interfaces, at most one per zone. Empty uses the private ones."
  type        = set(string)
  default     = []
  nullable    = false

  validation {
    condition     = length(var.intra_subnet_ids) != 1
    error_message = "`intra_subnet_ids` must name subnets of at least two zones, or none: EKS wants two."
  }
}

variable "pod_subnet_ids" {
  description = "Subnets for pods, one in each zone of the private ones. Empty gives pods addresses of the private subnets."
  type        = set(string)
  default     = []
  nullable    = false
}

variable "cluster_name" {
  description = "Name of the EKS cluster. Its tags on the subnets are checked, by which the load balancer controller and Karpenter find them. Null leaves the tags unchecked."
  type        = string
  default     = null

  validation {
    condition     = var.cluster_name == null || can(regex("^[0-9A-Za-z][0-9A-Za-z_-]{0,99}$", var.cluster_name))
    error_message = "`cluster_name` must be 1 to 100 letters, digits, `-` or `_`, and start with a letter or digit."
  }
}

variable "set_tags" {
  description = "Whether to set the missing tags instead of asking for them. Needs `cluster_name`. A destroy takes them away again."
  type        = bool
  default     = false
  nullable    = false

  validation {
    condition     = !var.set_tags || var.cluster_name != null
    error_message = "`set_tags` needs `cluster_name`, which is in the tags."
  }
}

variable "needs_internet" {
  description = "Whether private subnets must have a way out (NAT, transit gateway, firewall or the like). False for a network in which endpoints and mirrors serve everything."
  type        = bool
  default     = true
  nullable    = false
}

variable "needs_s3_endpoint" {
  description = "Whether the VPC must have an S3 gateway endpoint in all private route tables. It costs nothing, and without it image layers and artifacts pay for NAT."
  type        = bool
  default     = true
  nullable    = false
}

variable "min_free_addresses" {
  description = "Free IPv4 addresses that each private subnet must have when the plan is made: nodes take one each, and pods too unless they have subnets of their own."
  type        = number
  default     = 64
  nullable    = false

  validation {
    condition     = var.min_free_addresses >= 0
    error_message = "`min_free_addresses` must be 0 or more."
  }
}
