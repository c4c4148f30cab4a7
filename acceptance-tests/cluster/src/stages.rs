//! How kwok plays nodes and pods: `stages.yaml`, which has the reasons.

const STAGES: &str = include_str!("stages.yaml");

/// The configuration of kwok, for nodes whose kubelet is of this version, `v1.35.4`.
#[must_use]
pub fn stages(kubelet: &str) -> String {
    STAGES.replace("KUBELET_VERSION", kubelet)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nodes_are_of_the_version_of_the_control_plane() {
        let text = stages("v1.35.4");
        assert!(text.contains(r#"kubeletVersion: {{ or $info.kubeletVersion "v1.35.4" }}"#), "{text}");
        assert!(!text.contains("KUBELET_VERSION"), "{text}");
    }
}
