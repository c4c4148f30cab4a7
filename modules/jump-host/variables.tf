variable "name" {
  description = "Name of the platform. It starts the names of the instance, its role and its security group."
  type        = string
  nullable    = false

  validation {
    condition     = can(regex("^[a-z][a-z0-9-]{1,22}[a-z0-9]$", var.name))
    error_message = "`name` must be 3 to 24 characters of a-z, 0-9 and `-`, start with a letter and not end with `-`."
  }
}

variable "vpc_id" {
  description = "VPC of the subnets."
  type        = string
  nullable    = false
}

variable "subnet_ids" {
  description = "Zone ID => private subnet. The instance is made in the first of them, and stays there."
  type        = map(string)
  nullable    = false

  validation {
    condition     = length(var.subnet_ids) > 0
    error_message = "`subnet_ids` must name a subnet for the instance."
  }
}

variable "cluster_security_group_id" {
  description = "Security group of the cluster's control plane, which lets the instance in at port 443."
  type        = string
  nullable    = false
}

variable "internet" {
  description = "Whether the subnets have a way to the internet, by which the agent reaches Systems Manager. Without one it takes the VPC's endpoints `ssm`, `ssmmessages` and `ec2messages`."
  type        = bool
  default     = true
  nullable    = false
}

variable "instance_type" {
  description = "A Graviton instance type. The smallest one forwards more than a Kubernetes client asks for."
  type        = string
  default     = "t4g.nano"
  nullable    = false

  validation {
    condition     = can(regex("^(a1|[a-z]+[0-9]+g[a-z]*)\\.", var.instance_type)) && !startswith(var.instance_type, "g")
    error_message = "`instance_type` must be one with a Graviton processor, such as `t4g.nano`: the image is for these."
  }
}

variable "permissions_boundary" {
  description = "ARN of the IAM policy that bounds the instance's role, or null."
  type        = string
  default     = null

  validation {
    condition     = var.permissions_boundary == null || can(regex("^arn:[^:]+:iam::(\\d{12}|aws):policy/", var.permissions_boundary))
    error_message = "`permissions_boundary` must be the ARN of an IAM policy."
  }
}
