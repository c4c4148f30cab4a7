variable "gcp_key_file" {
  description = "Content of the service account's key file."
  type        = string
  sensitive   = true
  ephemeral   = true
}

resource "truefoundry_provider_account_gcp" "main" {
  name       = "gcp"
  project_id = "acme-platform"
  auth_data = {
    key_file_content_wo         = var.gcp_key_file
    key_file_content_wo_version = 1
  }
  integrations = {
    artifacts = { gcs = { storage_root = "gs://acme-artifacts" } }
    secrets   = { gsm = {} }
  }
}
