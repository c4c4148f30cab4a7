ephemeral "truefoundry_secret_value" "search_db_password" {
  fqn = truefoundry_secret.search_db_password.fqn
}

# Hand `ephemeral.truefoundry_secret_value.search_db_password.value` to a write-only argument, such as `password_wo` of
# an `aws_db_instance`.
