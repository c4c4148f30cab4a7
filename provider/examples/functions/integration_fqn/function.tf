output "registry" {
  value = provider::truefoundry::integration_fqn("acme", "aws", "main", "docker-registry", "images")
}
