list "truefoundry_provider_account_aws_claude_platform" "all" {
  provider = truefoundry
}
