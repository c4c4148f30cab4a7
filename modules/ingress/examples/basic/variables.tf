variable "cluster_name" {
  description = "An EKS cluster that exists."
  type        = string
  default     = "acme-dev"
}

variable "domain" {
  description = "A domain of the Route 53 zone."
  type        = string
  default     = "ai.example.com"
}

variable "zone_id" {
  description = "The Route 53 zone."
  type        = string
  default     = "Z0123456789ABCDEFGHIJ"
}
