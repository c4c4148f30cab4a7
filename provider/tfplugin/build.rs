//! Generates the gRPC types from `proto/`. protox compiles them, so no `protoc` is needed on the machine.

use std::error::Error;

fn main() -> Result<(), Box<dyn Error>> {
    println!("cargo:rerun-if-changed=proto");
    let files = protox::compile(["tfplugin6.proto", "goplugin.proto"], ["proto"])?;
    // Byte strings carry whole states: `Bytes` hands them over without a copy.
    tonic_prost_build::configure().bytes(".").compile_fds(files)?;
    Ok(())
}
