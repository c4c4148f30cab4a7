output "model" {
  value = provider::truefoundry::model_name("openai", "gpt-4o") # "openai/gpt-4o"
}
