output "role_arn" {
  description = "The role of the gateway's pods."
  value       = module.gateway.role_arn
}
