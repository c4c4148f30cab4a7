output "application" {
  value = provider::truefoundry::application_fqn("prod", "search", "web") # "prod:search:web"
}
