output "backend" {
  description = "What the `s3` backend of the other root modules takes."
  value       = module.state.backend
}
