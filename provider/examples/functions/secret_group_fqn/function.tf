output "secret_group" {
  value = provider::truefoundry::secret_group_fqn("acme", "search-db") # "acme:search-db"
}
