resource "truefoundry_provider_account_ollama" "example" {
  name = "ollama"
  auth_data = {
    custom_host = "http://ollama.models.svc.cluster.local:11434"
  }
  integrations = {
    llama3-2 = {
      model_id    = "llama3.2"
      model_types = ["chat"]
    }
  }
}
