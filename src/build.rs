//! Says whether the built-in model is there to be built in: the crate on crates.io is too small for it.

use std::path::Path;

const MODEL: &str = "src/model/demo.gguf";

fn main() {
    println!("cargo::rerun-if-changed={MODEL}");
    println!("cargo::rustc-check-cfg=cfg(has_demo)");
    if cfg!(feature = "demo") && Path::new(MODEL).exists() {
        println!("cargo::rustc-cfg=has_demo");
    }
}
