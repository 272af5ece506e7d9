//! What each crate is built of: the borders of ARCHITECTURE.md that the compiler does not hold by itself.

use rstest::rstest;
use std::collections::BTreeSet;
use std::io::ErrorKind;
use std::process::Command;

/// Every crate that a crate of the workspace is built of on this system, its tests left aside; nothing where the tests
/// run on a machine without the cargo that built them.
fn dependencies(package: &str) -> Option<BTreeSet<String>> {
    let output = Command::new(env!("CARGO"))
        .args(["tree", "--offline", "--locked", "--edges", "normal,build", "--prefix", "none", "--format", "{p}"])
        .args(["--package", package])
        .current_dir(env!("CARGO_MANIFEST_DIR"))
        .output();
    let output = match output {
        Err(error) if error.kind() == ErrorKind::NotFound => {
            eprintln!("skipped: {} is not on this machine", env!("CARGO"));
            return None;
        }
        output => output.expect("cargo starts"),
    };
    assert!(output.status.success(), "cargo tree: {}", String::from_utf8_lossy(&output.stderr));
    let text = String::from_utf8(output.stdout).expect("it is text");
    Some(text.lines().filter_map(|line| line.split_whitespace().next()).map(str::to_owned).collect())
}

#[rstest]
#[case::the_library_knows_nothing_of_the_suite(
    "shmfd",
    &["shmconf", "shmconf-adapter", "shmconf-model", "clap", "proptest", "schemars"]
)]
#[case::the_model_knows_no_system_and_no_command_line(
    "shmconf-model",
    &["shmconf", "shmconf-adapter", "shmfd", "nix", "libc", "clap", "proptest", "indicatif", "tempfile"]
)]
#[case::an_implementer_builds_no_command_line_and_no_generator(
    "shmconf-adapter",
    &["shmconf", "shmfd", "clap", "proptest", "indicatif", "tempfile"]
)]
fn a_crate_is_built_without(#[case] package: &str, #[case] forbidden: &[&str]) {
    let Some(dependencies) = dependencies(package) else { return };
    assert!(dependencies.contains(package), "{dependencies:?}");
    let found: Vec<&&str> = forbidden.iter().filter(|name| dependencies.contains(**name)).collect();
    assert!(found.is_empty(), "{package} is built of {found:?}: see `cargo tree -p {package} -i NAME`");
}

#[test]
fn the_harness_is_built_of_the_three_others() {
    let Some(dependencies) = dependencies("shmconf") else { return };
    for name in ["shmfd", "shmconf-model", "shmconf-adapter", "clap", "proptest"] {
        assert!(dependencies.contains(name), "{name} is missing: {dependencies:?}");
    }
}
