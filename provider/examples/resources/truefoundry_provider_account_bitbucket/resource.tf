resource "truefoundry_provider_account_bitbucket" "example" {
  name = "bitbucket"
  integrations = {
    main = {
      bitbucket = {
        account_name = "acme"
      }
    }
  }
}
