ephemeral "truefoundry_virtual_account_token" "ci" {
  virtual_account_id = truefoundry_virtual_account.ci.id
}

# Hand `ephemeral.truefoundry_virtual_account_token.ci.token` to a write-only argument, such as `secret_string_wo` of an
# `aws_secretsmanager_secret_version`, where the provider does not log what it sends.
