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

variable "zones" {
  description = "Availability zone IDs. Append only."
  type        = list(string)
  default     = ["use1-az1", "use1-az2"]
}

variable "nat_mode" {
  description = "`none`, `single` or `per-zone`."
  type        = string
  default     = "single"
}

variable "kubernetes_version" {
  description = "Kubernetes minor version."
  type        = string
  default     = "1.33"
}

variable "system_instance_types" {
  description = "Instance types of the system nodes."
  type        = list(string)
  default     = ["m7i.large", "m6i.large"]
}

variable "database" {
  description = "Size of the database."
  type        = object({ instance_class = string, storage_gib = number })
  default     = { instance_class = "db.t4g.medium", storage_gib = 50 }
}

variable "domain" {
  description = "Domain of the platform; its zone is made here."
  type        = string
  default     = "ai.example.com"
}

variable "protected" {
  description = "Whether database, load balancer and buckets are protected from a destroy. False for trials."
  type        = bool
  default     = true
}

variable "permissions_boundary" {
  description = "ARN of the IAM policy that bounds the roles that are made, such as `created_roles_boundary` of `hcp-identity`; or null."
  type        = string
  default     = null
}
