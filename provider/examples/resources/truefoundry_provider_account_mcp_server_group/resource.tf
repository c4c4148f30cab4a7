resource "truefoundry_provider_account_mcp_server_group" "example" {
  name = "mcp-server-group"
  integrations = {
    main = {
      remote = {
        description = "What it is for."
        transport   = "streamable-http"
        url         = "https://orders.acme.com/mcp"
      }
    }
  }
}
