# replaced

variable "node_pools" {
  description = "Replaced."
  type        = any
  default     = {}
}
