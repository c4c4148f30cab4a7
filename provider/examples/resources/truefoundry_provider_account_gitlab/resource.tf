resource "truefoundry_provider_account_gitlab" "example" {
  name = "gitlab"
  integrations = {
    main = {
      account_name = "acme"
    }
  }
}
