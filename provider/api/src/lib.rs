//! HTTP client for the TrueFoundry control plane.
