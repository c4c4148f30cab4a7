output "repository_urls" {
  description = "Where to push."
  value       = module.registry.repository_urls
}

output "cache_urls" {
  description = "Where to pull what others publish."
  value       = module.registry.cache_urls
}
