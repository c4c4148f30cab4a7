variable "zones" {
  description = "Availability zone IDs."
  type        = list(string)
  default     = ["use1-az1", "use1-az2"]
}

variable "access_entries" {
  description = "Who may use the cluster, and what they may do."
  type = map(object({
    principal_arn = string
    policies      = map(list(string))
  }))
  default = {
    developers = { principal_arn = "arn:aws:iam::123456789012:role/developers", policies = { AmazonEKSEditPolicy = ["search"] } }
  }
}

variable "zone_ids" {
  description = "Name => ID of a hosted zone."
  type        = map(string)
  default     = { apps = "Z0123456789ABCDEFGHIJ" }
}
