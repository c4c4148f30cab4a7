resource "truefoundry_prompt_version" "example" {
  name = "support"
  messages = [
    {
      system = {
        content = {
          text = "You answer questions about orders."
        }
      }
    },
  ]
  metadata = jsonencode({ team = "search" })
  ml_repo  = "search"
}
