output "reader" {
  value = provider::truefoundry::subject("team", "search") # "team:search"
}
