variable "zones" {
  description = "Availability zone IDs."
  type        = list(string)
  default     = ["use1-az1", "use1-az2"]
}
