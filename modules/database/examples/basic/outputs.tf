output "address" {
  description = "The database."
  value       = module.database.address
}

output "master_user_secret_arn" {
  description = "Where RDS keeps the master password."
  value       = module.database.master_user_secret_arn
}
