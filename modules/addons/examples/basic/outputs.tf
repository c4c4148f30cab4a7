output "releases" {
  description = "What is installed."
  value       = module.addons.releases
}
