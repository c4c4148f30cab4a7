# Images from a mirror: each value of a chart that names a host, with what stands in its place. `charts.json` lists every
# value that names an image, and why the others stay; a test compares both with what is known of the charts, and looks
# for images of other hosts in what they render.

locals {
  registry = { for host in local.image_hosts : host => lookup(var.mirror.registries, host, host) }

  # Chart => values. Registries are set one by one: one value for all images of a chart cannot tell their hosts apart.
  mirrored = {
    aws-load-balancer-controller = {
      image = { repository = "${local.registry["public.ecr.aws"]}/eks/aws-load-balancer-controller" }
    }

    cert-manager = {
      imageRegistry = local.registry["quay.io"]
    }

    metrics-server = {
      image        = { repository = "${local.registry["registry.k8s.io"]}/metrics-server/metrics-server" }
      addonResizer = { image = { repository = "${local.registry["registry.k8s.io"]}/autoscaling/addon-resizer" } }
    }

    karpenter = {
      controller = { image = merge(
        { repository = "${local.registry["public.ecr.aws"]}/karpenter/controller" },
        # A mirror that packs an image anew gives it another digest, and the chart prefers the digest to the tag.
        { for host in keys(var.mirror.registries) : "digest" => "" if host == "public.ecr.aws" },
      ) }
    }

    external-secrets = {
      bitwarden-sdk-server = { image = { repository = "${local.registry["ghcr.io"]}/external-secrets/bitwarden-sdk-server" } }
      image                = { repository = "${local.registry["ghcr.io"]}/external-secrets/external-secrets" }
      webhook              = { image = { repository = "${local.registry["ghcr.io"]}/external-secrets/external-secrets" } }
      certController       = { image = { repository = "${local.registry["ghcr.io"]}/external-secrets/external-secrets" } }
    }

    istiod = {
      global = { hub = "${local.registry["registry.istio.io"]}/release" }
    }

    kube-prometheus-stack = {
      crds = {
        upgradeJob = {
          image = {
            busybox = { registry = local.registry["docker.io"] }
            kubectl = { registry = local.registry["registry.k8s.io"] }
          }
        }
      }
      prometheus-windows-exporter = { image = { registry = local.registry["ghcr.io"] } }
      alertmanager                = { alertmanagerSpec = { image = { registry = local.registry["quay.io"] } } }
      grafana = {
        image                   = { registry = local.registry["docker.io"] }
        testFramework           = { image = { registry = local.registry["docker.io"] } }
        downloadDashboardsImage = { registry = local.registry["docker.io"] }
        initChownData           = { image = { registry = local.registry["docker.io"] } }
        sidecar                 = { image = { registry = local.registry["quay.io"] } }
        imageRenderer           = { image = { registry = local.registry["docker.io"] } }
      }
      kube-state-metrics = {
        image         = { registry = local.registry["registry.k8s.io"] }
        kubeRBACProxy = { image = { registry = local.registry["quay.io"] } }
      }
      prometheus-node-exporter = {
        image         = { registry = local.registry["quay.io"] }
        kubeRBACProxy = { image = { registry = local.registry["quay.io"] } }
      }
      prometheusOperator = {
        admissionWebhooks = {
          deployment = { image = { registry = local.registry["quay.io"] } }
          patch      = { image = { registry = local.registry["ghcr.io"] } }
        }
        image                    = { registry = local.registry["quay.io"] }
        prometheusConfigReloader = { image = { registry = local.registry["quay.io"] } }
        thanosImage              = { registry = local.registry["quay.io"] }
      }
      prometheus  = { prometheusSpec = { image = { registry = local.registry["quay.io"] } } }
      thanosRuler = { thanosRulerSpec = { image = { registry = local.registry["quay.io"] } } }
    }

    tfy-logs = {
      victoria-logs-single = {
        global = { image = { registry = "${local.registry["tfy.jfrog.io"]}/tfy-mirror" } }
        server = { image = { registry = "${local.registry["tfy.jfrog.io"]}/tfy-mirror" } }
        vector = {
          image   = { repository = "${local.registry["public.ecr.aws"]}/truefoundrycloud/timberio/vector" }
          haproxy = { image = { repository = "${local.registry["docker.io"]}/haproxytech/haproxy-alpine" } }
        }
      }
      windowsVector = { image = { registry = local.registry["public.ecr.aws"] } }
    }

    keda = {
      image = {
        keda             = { registry = local.registry["ghcr.io"] }
        metricsApiServer = { registry = local.registry["ghcr.io"] }
        webhooks         = { registry = local.registry["ghcr.io"] }
      }
    }

    argo-cd = {
      global = { image = { repository = "${local.registry["quay.io"]}/argoproj/argocd" } }
      dex    = { image = { repository = "${local.registry["ghcr.io"]}/dexidp/dex" } }
      redis = {
        image    = { repository = "${local.registry["ecr-public.aws.com"]}/docker/library/redis" }
        exporter = { image = { repository = "${local.registry["ghcr.io"]}/oliver006/redis_exporter" } }
      }
      redis-ha = {
        image         = { repository = "${local.registry["ecr-public.aws.com"]}/docker/library/redis" }
        configmapTest = { image = { repository = "${local.registry["docker.io"]}/koalaman/shellcheck" } }
        haproxy       = { image = { repository = "${local.registry["ecr-public.aws.com"]}/docker/library/haproxy" } }
        sysctlImage   = { registry = "${local.registry["public.ecr.aws"]}/docker/library" }
        exporter      = { image = "${local.registry["ghcr.io"]}/oliver006/redis_exporter" }
      }
      server = { extensions = { image = { repository = "${local.registry["quay.io"]}/argoprojlabs/argocd-extension-installer" } } }
    }

    argo-rollouts = {
      controller = { image = { registry = local.registry["quay.io"] } }
      dashboard  = { image = { registry = local.registry["quay.io"] } }
    }

    argo-workflows = {
      controller = { image = { registry = local.registry["quay.io"] } }
      executor   = { image = { registry = local.registry["quay.io"] } }
      server     = { image = { registry = local.registry["quay.io"] } }
    }

    gpu-operator = {
      validator = { repository = "${local.registry["nvcr.io"]}/nvidia" }
      operator = {
        repository    = "${local.registry["nvcr.io"]}/nvidia"
        initContainer = { repository = "${local.registry["nvcr.io"]}/nvidia" }
      }
      driver = {
        repository = "${local.registry["nvcr.io"]}/nvidia"
        manager    = { repository = "${local.registry["nvcr.io"]}/nvidia/cloud-native" }
      }
      toolkit            = { repository = "${local.registry["nvcr.io"]}/nvidia/k8s" }
      devicePlugin       = { repository = "${local.registry["nvcr.io"]}/nvidia" }
      dcgm               = { repository = "${local.registry["nvcr.io"]}/nvidia/cloud-native" }
      dcgmExporter       = { repository = "${local.registry["nvcr.io"]}/nvidia/k8s" }
      gfd                = { repository = "${local.registry["nvcr.io"]}/nvidia" }
      migManager         = { repository = "${local.registry["nvcr.io"]}/nvidia/cloud-native" }
      nodeStatusExporter = { repository = "${local.registry["nvcr.io"]}/nvidia" }
      gds                = { repository = "${local.registry["nvcr.io"]}/nvidia/cloud-native" }
      gdrcopy            = { repository = "${local.registry["nvcr.io"]}/nvidia/cloud-native" }
      vgpuManager        = { driverManager = { repository = "${local.registry["nvcr.io"]}/nvidia/cloud-native" } }
      vgpuDeviceManager  = { repository = "${local.registry["nvcr.io"]}/nvidia/cloud-native" }
      vfioManager = {
        repository    = "${local.registry["nvcr.io"]}/nvidia"
        driverManager = { repository = "${local.registry["nvcr.io"]}/nvidia/cloud-native" }
      }
      # Off, but its object names the images of these classes, and no value reaches them.
      kataManager            = { repository = "${local.registry["nvcr.io"]}/nvidia/cloud-native", config = { runtimeClasses = [] } }
      sandboxDevicePlugin    = { repository = "${local.registry["nvcr.io"]}/nvidia" }
      ccManager              = { repository = "${local.registry["nvcr.io"]}/nvidia/cloud-native" }
      node-feature-discovery = { image = { repository = "${local.registry["registry.k8s.io"]}/nfd/node-feature-discovery" } }
    }

    external-dns = {
      image = { repository = "${local.registry["registry.k8s.io"]}/external-dns/external-dns" }
    }
  }
}
