variable "zones" {
  description = "IDs of the zones, in the region of the provider."
  type        = list(string)
  default     = ["use1-az1", "use1-az2"]
}
