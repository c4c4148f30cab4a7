output "secret" {
  value = provider::truefoundry::secret_fqn("acme", "search-db", "password") # "acme:search-db:password"
}
