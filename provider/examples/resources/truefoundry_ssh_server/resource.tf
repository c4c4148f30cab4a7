resource "truefoundry_ssh_server" "dev" {
  name                = "dev-ada"
  workspace_fqn       = "prod:search"
  image               = { image_uri = "public.ecr.aws/truefoundrycloud/ssh-server:0.4.5-py3.12" }
  ssh_public_key      = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIExampleExampleExampleExampleExampleExample ada@acme.com"
  home_directory_size = 50
}
