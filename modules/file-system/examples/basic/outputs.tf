output "id" {
  description = "The file system, for a StorageClass."
  value       = module.file_system.id
}
