variable "vpc_id" {
  description = "A VPC that exists."
  type        = string
  default     = "vpc-0123456789abcdef0"
}
