data "truefoundry_provider_account_smallest_ai" "example" {
  name = "smallest-ai"
}
