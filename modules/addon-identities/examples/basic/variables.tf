variable "cluster_name" {
  description = "An EKS cluster that exists."
  type        = string
  default     = "acme-dev"
}

variable "zone_ids" {
  description = "Name => ID of a hosted zone."
  type        = map(string)
  default     = { apps = "Z0123456789ABCDEFGHIJ" }
}
