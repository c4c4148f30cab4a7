# Storage classes. Parameters cannot be changed: another key means another class of the same name; volumes keep theirs.

resource "kubernetes_storage_class_v1" "gp3" {
  metadata {
    name        = "gp3"
    annotations = { "storageclass.kubernetes.io/is-default-class" = "true" }
  }

  storage_provisioner    = "ebs.csi.aws.com"
  reclaim_policy         = "Delete"
  volume_binding_mode    = "WaitForFirstConsumer" # the volume is made in the zone of its pod
  allow_volume_expansion = true

  parameters = merge(
    { type = "gp3", encrypted = "true" },
    { for name, value in { kmsKeyId = var.storage.kms_key_arn } : name => value if value != null },
  )

  depends_on = [kubernetes_secret_v1.sentinel]
}

# An access point for each volume, as the vendor's charts have it.
resource "kubernetes_storage_class_v1" "efs" {
  count = var.storage.efs_file_system_id == null ? 0 : 1

  metadata {
    name = "efs-sc"
  }

  storage_provisioner = "efs.csi.aws.com"
  reclaim_policy      = "Delete"
  volume_binding_mode = "Immediate" # a file system is in every zone
  mount_options       = ["iam"]

  parameters = {
    provisioningMode = "efs-ap"
    fileSystemId     = var.storage.efs_file_system_id
    basePath         = "/truefoundry"
    directoryPerms   = "700"
    gidRangeStart    = "1000"
    gidRangeEnd      = "2000"
  }

  depends_on = [kubernetes_secret_v1.sentinel]
}
