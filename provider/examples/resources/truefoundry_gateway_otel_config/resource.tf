variable "otel_headers" {
  type      = map(string)
  sensitive = true
  ephemeral = true
}

resource "truefoundry_gateway_otel_config" "tenant" {
  name = "otel"
  otel_traces_exporter_config = {
    http = {
      endpoint           = "https://otel.acme.com/v1/traces"
      encoding           = "proto"
      headers_wo         = var.otel_headers
      headers_wo_version = 1
    }
  }
}
