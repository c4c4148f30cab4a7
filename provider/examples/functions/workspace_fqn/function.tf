output "workspace" {
  value = provider::truefoundry::workspace_fqn("prod", "search") # "prod:search"
}
