resource "truefoundry_settings_common_tools" "tenant" {
  web_search          = true
  web_scrape          = false
  code_executor       = true
  sandbox_exec        = false
  sequential_thinking = true
}
