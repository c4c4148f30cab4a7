//! Every figure that is kept.

use super::Figure;
use super::Unit::{Bytes, Count, Kibibytes, Microseconds, MicrosecondsOfKernel};

macro_rules! figures {
    ($($constant:ident = $name:literal, $unit:expr, $what:literal;)*) => {
        $(
            #[doc = $what]
            pub const $constant: Figure = Figure { name: $name, unit: $unit, what: $what };
        )*

        /// All of them.
        pub const ALL: &[Figure] = &[$($constant),*];
    };
}

figures! {
    ALONE = "alone.processor", Microseconds,
        "processor time of Terraform's plan of one built-in object without changes, the yardstick of what takes milliseconds";
    START = "start.processor", MicrosecondsOfKernel, "processor time of the provider from its start to its handshake line";
    START_MEMORY = "start.memory", Kibibytes, "resident memory of the provider after its handshake line";
    SCHEMA = "schema.processor", MicrosecondsOfKernel,
        "processor time of the provider that starts and sends its schema, attached to, without TLS";
    SCHEMA_BYTES = "schema.bytes", Bytes, "size of the answer with the whole schema";
    VALIDATE = "validate.processor", Microseconds,
        "processor time of `terraform validate`, provider included, of one resource";
    VALIDATE_MEMORY = "validate.provider-memory", Kibibytes, "peak memory of the provider during `terraform validate`";
    EMPTY_PLAN = "empty-plan.processor", Microseconds,
        "processor time of a plan of three resources without changes, provider included";
    EMPTY_PLAN_READS = "empty-plan.reads", Count, "reads of a plan of three resources without changes";

    THOUSAND_ALONE = "1000.alone.processor", Microseconds,
        "processor time per object of Terraform's plan of 1,000 built-in objects without changes, the yardstick of the others";
    CREATE = "1000.create.processor", Microseconds,
        "processor time per object of creating 1,000 workspaces with the state in a bucket, provider included";
    CREATE_PROVIDER = "1000.create.provider-processor", MicrosecondsOfKernel,
        "processor time per object of the provider alone, creating 1,000 workspaces";
    CREATE_MEMORY = "1000.create.provider-memory", Kibibytes,
        "peak memory of the provider that creates 1,000 workspaces";
    CREATE_WRITES = "1000.create.writes", Count, "writes to create 1,000 workspaces";
    CREATE_READS = "1000.create.single-reads", Count,
        "reads of single objects to create 1,000 workspaces, before the list is read";
    CREATE_BYTES = "1000.create.write-bytes", Bytes, "bytes of the writes to create 1,000 workspaces, and of their answers";
    CREATE_IN_FILE = "1000.create-in-file.processor", Microseconds,
        "processor time per object of creating 1,000 workspaces with the state in a file, which Terraform writes after each";
    STATE_BYTES = "1000.state.bytes", Bytes, "size of the state of 1,000 workspaces";
    PLAN = "1000.plan.processor", Microseconds,
        "processor time per object of a plan of 1,000 workspaces without changes, provider included";
    PLAN_PROVIDER = "1000.plan.provider-processor", Microseconds,
        "processor time per object of the provider alone, in a plan of 1,000 workspaces without changes";
    PLAN_MEMORY = "1000.plan.memory", Kibibytes, "peak memory of Terraform in a plan of 1,000 workspaces without changes";
    PLAN_PROVIDER_MEMORY = "1000.plan.provider-memory", Kibibytes,
        "peak memory of the provider in a plan of 1,000 workspaces without changes";
    PLAN_READS = "1000.plan.single-reads", Count,
        "reads of single objects in a plan of 1,000 workspaces without changes, before the list is read";
    PLAN_BYTES = "1000.plan.page-bytes", Bytes, "bytes of a page of 100 workspaces";
}
