list "truefoundry_secret" "all" {
  provider = truefoundry

  config {
    secret_group_fqn = "acme:db"
  }
}
