output "account" {
  value = provider::truefoundry::provider_account_fqn("acme", "aws", "main") # "acme:aws:main"
}
