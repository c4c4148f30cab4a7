variable "remote_agent_self_hosted_headers" {
  type      = map(string)
  sensitive = true
  ephemeral = true
}

resource "truefoundry_remote_agent_self_hosted" "example" {
  name = "planner"
  auth_data = {
    header = {
      headers_wo         = var.remote_agent_self_hosted_headers
      headers_wo_version = 1
    }
  }
  description = "What it is for."
  framework = {
    a2a = {}
  }
  url = "https://planner.acme.com"
}
