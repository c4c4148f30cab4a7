variable "orders_mcp_headers" {
  description = "Such as { Authorization = \"Bearer ...\" }."
  type        = map(string)
  sensitive   = true
  ephemeral   = true
}

resource "truefoundry_mcp_server_remote" "orders" {
  name        = "orders"
  description = "Finds and changes orders."
  url         = "https://orders.acme.com/mcp"
  auth_data = {
    header = {
      auth_level         = "global"
      headers_wo         = var.orders_mcp_headers
      headers_wo_version = 1
    }
  }
}
