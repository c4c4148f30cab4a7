output "secret_reference" {
  value = provider::truefoundry::secret_reference("acme", "search-db", "password") # "tfy-secret://acme:search-db:password"
}
