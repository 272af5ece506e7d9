//! Subjects that are other programs: the examples conform, and an adapter that misbehaves costs its own case alone.

mod examples;
mod library;
mod misbehaving;

use serde_json::Value;
use std::process::Command;

/// Runs `shmconf run` and answers its exit code and its reports.
fn run(args: &[&str]) -> (Option<i32>, Vec<Value>) {
    let mut command = Command::new(env!("CARGO_BIN_EXE_shmconf"));
    let output = command.arg("run").args(args).args(["--format", "json"]).output().expect("it starts");
    let document: Value = serde_json::from_slice(&output.stdout)
        .unwrap_or_else(|error| panic!("{error}: {}", String::from_utf8_lossy(&output.stderr)));
    (output.status.code(), document["reports"].as_array().expect("it is a list").clone())
}

fn verdicts(report: &Value) -> Vec<&str> {
    let results = report["results"].as_array().expect("it is a list");
    results.iter().map(|result| result["verdict"].as_str().unwrap_or_default()).collect()
}

fn reason(report: &Value, at: usize) -> &str {
    report["results"][at]["reason"].as_str().unwrap_or_default()
}

/// The Python to run an adapter with, by its own path, since what is found first may be a script that looks for it.
fn python() -> Option<String> {
    let output = Command::new("python3").args(["-c", "import sys; print(sys.executable)"]).output();
    match output {
        Ok(output) if output.status.success() => Some(String::from_utf8_lossy(&output.stdout).trim().to_owned()),
        _ => {
            eprintln!("skipped: there is no python3");
            None
        }
    }
}
