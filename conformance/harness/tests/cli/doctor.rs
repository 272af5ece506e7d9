//! `shmconf doctor` on the machine that the tests run on, whatever that is like.

use super::shmconf;
use anstream::StripStream;
use rstest::rstest;
use serde_json::Value;
use shmconf::call::Resource;
use shmconf::doctor::{Examination, Facts, Holder, Limits, Mount, Object, Weight};
use shmconf::schema::Published;
use shmconf::trace::{Platform, Storage};

#[test]
fn an_examination_keeps_to_its_schema_and_says_whether_something_is_wrong() {
    let output = shmconf(&["doctor", "--format", "json"]);
    let found: Value = serde_json::from_slice(&output.stdout).expect("it is JSON");
    let schema = jsonschema::validator_for(&super::schema(Published::Doctor)).expect("it is a schema");
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

/// A machine on which all is well.
fn well() -> Facts {
    let platform = |text: &str| text.to_owned();
    let mut facts = Facts {
        platform: Platform {
            os: platform("Linux"),
            release: platform("6.18.44"),
            arch: platform("x86_64"),
            libc: platform("glibc 2.36"),
            page_size: 4096,
            ..Platform::default()
        },
        directory: Some("/dev/shm".to_owned()),
        mount: Some(Mount { point: "/dev/shm".to_owned(), options: vec!["rw".to_owned(), "nosuid".to_owned()] }),
        uid: 4242,
        ..Facts::default()
    };
    facts.machine.store = Some(Storage {
        free_bytes: 4 << 30,
        free_inodes: Some(1000),
        total_bytes: 4 << 30,
        file_system: "tmpfs".to_owned(),
        mode: Some(0o1777),
    });
    for (setting, value) in
        [("noexec", "false"), ("protected_regular", "0"), ("memfd_noexec", "0"), ("overcommit", "0")]
    {
        facts.machine.settings.insert(setting.to_owned(), value.to_owned());
    }
    facts.limits.insert(Resource::Nofile, Limits { soft: Some(1024), hard: Some(4096) });
    facts.objects.processes_seen = 80;
    facts
}

fn set(facts: &mut Facts, setting: &str, value: &str) {
    facts.machine.settings.insert(setting.to_owned(), value.to_owned());
}

#[test]
fn of_a_good_machine_there_is_nothing_to_say() {
    assert_eq!(Examination::of(well()).diagnoses, Vec::new());
}

#[rstest]
#[case::a_mount_option("linux/noexec", Weight::Known, |facts: &mut Facts| set(facts, "noexec", "true"))]
#[case::a_sysctl("linux/protected-regular", Weight::Known, |facts: &mut Facts| set(facts, "protected_regular", "2"))]
#[case::logout("removed-at-logout", Weight::Known, |facts: &mut Facts| set(facts, "remove_ipc", "true"))]
#[case::huge_pages("huge-pages", Weight::Known, |facts: &mut Facts| set(facts, "huge_pages", "always"))]
#[case::strict_accounting("strict-overcommit", Weight::Known, |facts: &mut Facts| set(facts, "overcommit", "2"))]
#[case::selinux("selinux", Weight::Known, |facts: &mut Facts| set(facts, "selinux", "true"))]
#[case::a_snap("apparmor", Weight::Known, |facts: &mut Facts| {
    set(facts, "apparmor", "true");
    facts.confinement.label = Some("snap.mine (enforce)".to_owned());
})]
#[case::a_small_control_group("store-beyond-memory", Weight::Known, |facts: &mut Facts| {
    facts.confinement.memory_bytes = Some(1 << 30);
})]
#[case::a_limit_of_files("limited-files", Weight::Known, |facts: &mut Facts| {
    facts.limits.insert(Resource::Fsize, Limits { soft: Some(4096), hard: None });
})]
#[case::a_limit_of_addresses("limited-addresses", Weight::Known, |facts: &mut Facts| {
    facts.limits.insert(Resource::As, Limits { soft: Some(1 << 30), hard: None });
})]
#[case::a_limit_of_descriptors("few-descriptors", Weight::Known, |facts: &mut Facts| {
    facts.limits.insert(Resource::Nofile, Limits { soft: Some(64), hard: None });
})]
#[case::a_filter("no-objects", Weight::Wrong, |facts: &mut Facts| {
    facts.no_named_objects = Some("shm_open says EPERM".to_owned());
})]
#[case::no_memfds("no-memfds", Weight::Wrong, |facts: &mut Facts| {
    facts.no_memfds = Some("memfd_create says EACCES".to_owned());
})]
fn a_machine_is_told_what_its_setting_breaks(#[case] id: &str, #[case] weight: Weight, #[case] change: fn(&mut Facts)) {
    let mut facts = well();
    change(&mut facts);
    let examination = Examination::of(facts);
    let said: Vec<_> = examination.diagnoses.iter().map(|known| (known.id.as_str(), known.weight)).collect();
    assert_eq!(said, [(id, weight)]);
    assert_eq!(examination.is_well(), weight == Weight::Known);
}

#[test]
fn a_system_user_keeps_its_objects_at_logout() {
    let mut facts = Facts { uid: 0, ..well() };
    set(&mut facts, "remove_ipc", "true");
    assert_eq!(Examination::of(facts).diagnoses, Vec::new());
}

#[test]
fn an_examination_reads_as_plain_text() {
    let mut facts = well();
    set(&mut facts, "noexec", "true");
    facts.machine.store = Some(Storage {
        free_bytes: 48 << 20,
        total_bytes: 64 << 20,
        ..facts.machine.store.clone().expect("it has one")
    });
    let object = |name: &str, holders| Object {
        name: name.to_owned(),
        uid: 4242,
        size_bytes: 16 << 20,
        taken_bytes: 8 << 20,
        age_seconds: 3 * 86400,
        holders,
    };
    let holder = Holder { pid: 4711, program: "postgres".to_owned() };
    facts.objects.list = vec![object("/PostgreSQL.42", vec![holder]), object("/left", Vec::new())];
    facts.objects.processes_unseen = 3;
    let mut output = StripStream::new(Vec::new());
    Examination::of(facts).write(100, &mut output).expect("a vector takes everything");
    insta::assert_snapshot!(String::from_utf8_lossy(&output.into_inner()));
}
