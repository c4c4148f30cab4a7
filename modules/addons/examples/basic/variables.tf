variable "cluster" {
  description = "An EKS cluster that exists."
  type        = object({ name = string, region = string, vpc_id = string, version = string })
  default     = { name = "acme-dev", region = "us-east-1", vpc_id = "vpc-0123456789abcdef0", version = "1.35" }
}

variable "mirror" {
  description = "Where charts and images come from instead of their publishers."
  type        = object({ charts = optional(string), registries = optional(map(string), {}) })
  default     = {}
}
