resource "truefoundry_legacy_agent" "example" {
  name        = "triage"
  description = "What it is for."
  source = {
    prompt = {
      prompt_version_fqn = "chat_prompt:acme/search/triage:1"
    }
  }
}
