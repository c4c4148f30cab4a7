variable "vertex_key_file" {
  description = "Content of the service account's key file."
  type        = string
  sensitive   = true
  ephemeral   = true
}

resource "truefoundry_provider_account_google_vertex" "main" {
  name       = "vertex"
  project_id = "acme-ai"
  region     = "global"
  auth_data = {
    key_file = {
      key_file_content_wo         = var.vertex_key_file
      key_file_content_wo_version = 1
    }
  }
  integrations = {
    gemini-pro = {
      model_id    = "gemini-2.5-pro"
      model_types = ["chat"]
    }
  }
}
