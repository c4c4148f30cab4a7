variable "custom_endpoint_headers" {
  type      = map(string)
  sensitive = true
  ephemeral = true
}

resource "truefoundry_provider_account_custom_endpoint" "example" {
  name = "custom-endpoint"
  auth_data = {
    headers_wo         = var.custom_endpoint_headers
    headers_wo_version = 1
  }
  integrations = {
    main = {
      base_url = "https://models.acme.com"
    }
  }
}
