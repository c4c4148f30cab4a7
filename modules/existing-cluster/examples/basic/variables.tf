variable "cluster_name" {
  description = "An EKS cluster that exists."
  type        = string
  default     = "acme-dev"
}
