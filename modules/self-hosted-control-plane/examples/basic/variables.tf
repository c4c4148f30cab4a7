variable "admins" {
  description = "Name => IAM principal that administers the cluster."
  type        = map(string)
  default     = {}
}

variable "zones" {
  description = "IDs of the zones, in the region of the provider."
  type        = list(string)
  default     = ["use1-az1", "use1-az2"]
}
