//! Generates the gRPC types from `proto/`. protox compiles them, so no `protoc` is needed on the machine.

use std::error::Error;

fn main() -> Result<(), Box<dyn Error>> {
    println!("cargo:rerun-if-changed=proto");
    let files = protox::compile(["tfplugin6.proto", "goplugin.proto"], ["proto"])?;
    tonic_prost_build::configure()
        // Byte strings carry whole states: `Bytes` hands them over without a copy.
        .bytes(".")
        // The same provider has the same bytes for its schema each time.
        .btree_map(".")
        // A method that a server leaves out answers `Unimplemented`, as the protocol wants it.
        .generate_default_stubs(true)
        .compile_fds(files)?;
    Ok(())
}
