output "cluster" {
  value = provider::truefoundry::parse_fqn("workspace", "prod:search")["cluster"] # "prod"
}
