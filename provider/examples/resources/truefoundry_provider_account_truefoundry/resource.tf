resource "truefoundry_provider_account_truefoundry" "example" {
  name = "truefoundry"
  integrations = {
    main = {}
  }
}
