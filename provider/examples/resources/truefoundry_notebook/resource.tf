resource "truefoundry_notebook" "exploration" {
  name                = "exploration"
  workspace_fqn       = "prod:search"
  image               = { image_uri = "public.ecr.aws/truefoundrycloud/jupyter:0.4.5-py3.12-sudo" }
  home_directory_size = 20
  cull_timeout        = 60
}
