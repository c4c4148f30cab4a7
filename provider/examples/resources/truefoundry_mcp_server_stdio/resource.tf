variable "mcp_server_stdio_env" {
  type      = map(string)
  sensitive = true
  ephemeral = true
}

resource "truefoundry_mcp_server_stdio" "example" {
  name = "filesystem"
  auth_data = {
    env_wo         = var.mcp_server_stdio_env
    env_wo_version = 1
  }
  description = "Reads the files of the documentation."
}
