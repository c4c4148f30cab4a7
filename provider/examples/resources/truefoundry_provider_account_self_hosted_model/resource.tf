resource "truefoundry_provider_account_self_hosted_model" "main" {
  name = "self-hosted"
  integrations = {
    llama = {
      hosted_model_name = "llama-3-8b-instruct"
      model_server      = "vllm-openai"
      model_types       = ["chat"]
      url               = "http://llama.models.svc.cluster.local:8000/v1"
    }
  }
}
