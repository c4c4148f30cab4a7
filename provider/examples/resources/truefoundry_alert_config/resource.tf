resource "truefoundry_alert_config" "search_api" {
  name = "search-api"
  resource = {
    type = "application"
    fqn  = "acme:prod:search:search-api"
  }
  rules = [
    {
      name        = "restarts"
      description = "A container restarts again and again."
      expression  = "increase(kube_pod_container_status_restarts_total[10m]) > 3"
      for         = 300
      severity    = "critical"
    },
  ]
  notification_targets = [
    {
      slack_bot = {
        notification_channel = "acme:slack:alerts:notification-channel:slack-bot"
        channels             = ["#search-alerts"]
      }
    },
  ]
}
