variable "cluster" {
  description = "Name of the cluster in the control plane."
  type        = string
  default     = "acme-dev"
}

variable "control_plane_url" {
  description = "Address of the control plane."
  type        = string
  default     = "https://acme.truefoundry.cloud"
}
