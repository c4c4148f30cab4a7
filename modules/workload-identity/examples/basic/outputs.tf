output "role_arn" {
  description = "The role of the pods."
  value       = module.ranker.role_arn
}
