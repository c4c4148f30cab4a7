output "bucket" {
  description = "The bucket."
  value       = module.object_store.bucket
}
