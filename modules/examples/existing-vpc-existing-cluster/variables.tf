variable "region" {
  description = "Region of everything."
  type        = string
  default     = "us-east-1"
}

variable "name" {
  description = "Name of the platform and what its objects' names begin with."
  type        = string
  default     = "acme-dev"
}

variable "vpc_id" {
  description = "The VPC that exists."
  type        = string
}

variable "private_subnet_ids" {
  description = "Its subnets for nodes and pods."
  type        = set(string)
}

variable "database_subnet_ids" {
  description = "Its subnets for the database."
  type        = set(string)
}

variable "instance_types" {
  description = "Instance types of the platform's nodes."
  type        = list(string)
  default     = ["m7i.large", "m6i.large"]
}

variable "database" {
  description = "Size of the database."
  type        = object({ instance_class = string, storage_gib = number })
  default     = { instance_class = "db.t4g.medium", storage_gib = 50 }
}

variable "protected" {
  description = "Whether the database is protected from a destroy. False for trials."
  type        = bool
  default     = true
}

variable "cluster_name" {
  description = "The cluster that exists."
  type        = string
}

variable "permissions_boundary" {
  description = "ARN of the IAM policy that bounds the roles that are made, such as `created_roles_boundary` of `hcp-identity`; or null."
  type        = string
  default     = null
}
