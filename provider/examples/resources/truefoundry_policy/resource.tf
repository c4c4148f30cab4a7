resource "truefoundry_policy" "memory_limit" {
  name        = "memory-limit"
  description = "Services have to limit their memory."
  entities    = ["service"]
  actions     = ["apply"]
  mode        = "enforce"
  operation = {
    validate = {}
  }
  code = <<-EOT
    export function validate(input) {
      if (!input.manifest.resources?.memory_limit) {
        throw new Error("Set `resources.memory_limit`.");
      }
    }
  EOT
}
