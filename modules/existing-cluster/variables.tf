variable "name" {
  description = "Name of the EKS cluster that exists."
  type        = string
  nullable    = false

  validation {
    condition     = can(regex("^[0-9A-Za-z][0-9A-Za-z_-]{0,99}$", var.name))
    error_message = "`name` must be 1 to 100 letters, digits, `-` or `_`, and start with a letter or digit."
  }
}

variable "vpc_id" {
  description = "VPC in which the cluster must be, or null for any."
  type        = string
  default     = null
}

variable "required_addons" {
  description = "Add-ons without which the platform's pods get no roles, addresses or names. A missing one is an error."
  type        = set(string)
  default     = ["coredns", "eks-pod-identity-agent", "kube-proxy", "vpc-cni"]
  nullable    = false
}

variable "set_discovery_tag" {
  description = "Whether to set `karpenter.sh/discovery` on the cluster security group, by which Karpenter finds it. A destroy takes it away again."
  type        = bool
  default     = false
  nullable    = false
}
