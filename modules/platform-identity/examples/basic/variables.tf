variable "control_plane_role_arn" {
  description = "The role of the control plane that assumes the platform's role."
  type        = string
  default     = "arn:aws:iam::416964291864:role/tfy-ctl-euwe1-production-truefoundry-deps"
}
