//! `shmconf doctor` on the machine that the tests run on, whatever that is like.

use super::shmconf;
use serde_json::Value;
use shmconf::schema::Published;

#[test]
fn an_examination_keeps_to_its_schema_and_says_whether_something_is_wrong() {
    let output = shmconf(&["doctor", "--format", "json"]);
    let found: Value = serde_json::from_slice(&output.stdout).expect("it is JSON");
    let schema = jsonschema::validator_for(&Published::Doctor.schema().to_value()).expect("it is a schema");
    let complaints: Vec<String> = schema.iter_errors(&found).map(|error| error.to_string()).collect();
    assert_eq!(complaints, Vec::<String>::new());
    let diagnoses = found["diagnoses"].as_array().expect("it is a list");
    let is_wrong = diagnoses.iter().any(|diagnosis| diagnosis["weight"] == "wrong");
    assert_eq!(output.status.code(), Some(i32::from(is_wrong)));
}

#[test]
fn an_object_that_is_open_has_its_holder() {
    use shmconf::subject::{Libc, Subject};
    let name = std::ffi::CString::new(format!("/scdoctor{}", std::process::id())).expect("no zero byte");
    let opened = Libc.shm_open(&name, libc::O_RDWR | libc::O_CREAT, 0o600);
    let Ok(_open) = opened else { return eprintln!("skipped: this system lets nobody make an object: {opened:?}") };
    let output = shmconf(&["doctor", "--format", "json"]);
    let _ = Libc.shm_unlink(&name);
    let found: Value = serde_json::from_slice(&output.stdout).expect("it is JSON");
    let objects = &found["objects"];
    if !objects["unlisted"].is_null() || objects["processes_seen"] == 0 {
        return eprintln!("skipped: this system does not list objects, or who has them open");
    }
    let list = objects["list"].as_array().expect("it is a list");
    let own = list.iter().find(|object| object["name"] == name.to_str().expect("it is text"));
    let holders = own.and_then(|object| object["holders"].as_array()).expect("the object is listed");
    assert!(holders.iter().any(|holder| holder["pid"] == std::process::id()), "{holders:?}");
}
