variable "agent_channel_bot_token" {
  type      = string
  sensitive = true
  ephemeral = true
}

variable "agent_channel_signing_secret" {
  type      = string
  sensitive = true
  ephemeral = true
}

resource "truefoundry_agent_channel" "example" {
  name = "support-slack"
  agent = {
    name = "support-slack"
  }
  channel = {
    app_id = "A012ABCDEF3"
    auth = {
      bot_token_wo         = var.agent_channel_bot_token
      bot_token_wo_version = 1
    }
    signing_secret_wo         = var.agent_channel_signing_secret
    signing_secret_wo_version = 1
  }
}
