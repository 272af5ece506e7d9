//! Options as a running QEMU takes or refuses them, beside what this crate says of them. Skipped where there is no QEMU 9.1.
#![cfg(unix)]

use proptest::prelude::*;
use proptest::test_runner::{Config, TestRunner};
use rstest::rstest;
use serde_json::{Value, json};
use shmfd::qemu::Options;
use shmfd::{Nodes, Numa};
use std::cell::{Cell, RefCell};
use std::io::{BufRead, BufReader, Write};
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};

/// A QEMU without a machine, which makes backends as it is told.
struct Qemu {
    process: Child,
    commands: ChildStdin,
    replies: BufReader<ChildStdout>,
}

/// What became of options.
#[derive(Debug, PartialEq)]
enum Outcome {
    /// A backend of that ID and size, with `share`, `prealloc`, `reserve`, and the policy with its nodes.
    Made(String, u64, bool, bool, bool, Numa),
    Refused(String),
}

impl Outcome {
    /// What QEMU tells of a backend.
    fn of(made: &Value) -> Self {
        let on = |key: &str| made[key].as_bool().unwrap_or_else(|| panic!("{key}: {made}"));
        let nodes = made["host-nodes"].as_array().expect("it is a list").iter().filter_map(Value::as_u64);
        let nodes = || Nodes::new(nodes.map(|node| node as u32)).expect("they are nodes");
        let numa = match made["policy"].as_str().expect("it is text") {
            "default" => Numa::Default,
            "preferred" => Numa::Preferred(nodes()),
            "bind" => Numa::Bind(nodes()),
            "interleave" => Numa::Interleave(nodes()),
            other => panic!("{other} is no policy of ours"),
        };
        let size = made["size"].as_u64().expect("it is a number");
        let id = made["id"].as_str().expect("it is text").to_owned();
        Outcome::Made(id, size, on("share"), on("prealloc"), on("reserve"), numa)
    }
}

impl Qemu {
    /// Starts it; says why not where there is none that has such backends.
    fn start() -> Option<Self> {
        if !is_here() {
            return None;
        }
        let mut process = quiet(&program())
            .args(["-qmp", "stdio"])
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .expect("it starts");
        let commands = process.stdin.take().expect("it is a pipe");
        let replies = BufReader::new(process.stdout.take().expect("it is a pipe"));
        let mut qemu = Self { process, commands, replies };
        qemu.line();
        qemu.ask("qmp_capabilities", json!({})).expect("it is ready");
        Some(qemu)
    }

    fn line(&mut self) -> Value {
        let mut line = String::new();
        self.replies.read_line(&mut line).expect("it goes on");
        serde_json::from_str(&line).unwrap_or_else(|error| panic!("{error}: {line:?}"))
    }

    /// The reply to a command; events are passed over.
    fn ask(&mut self, command: &str, arguments: Value) -> Result<Value, String> {
        let request = json!({ "execute": command, "arguments": arguments });
        writeln!(self.commands, "{request}").expect("it goes on");
        loop {
            let reply = self.line();
            if let Some(value) = reply.get("return") {
                return Ok(value.clone());
            }
            if let Some(error) = reply.get("error") {
                return Err(error["desc"].as_str().unwrap_or_default().to_owned());
            }
        }
    }

    /// A line for its monitor for people, which reads options as its command line does; answers what it says.
    fn tell(&mut self, line: &str) -> Result<String, String> {
        let said = self.ask("human-monitor-command", json!({ "command-line": line }))?;
        Ok(said.as_str().unwrap_or_default().trim().to_owned())
    }

    /// Has it make a backend as its monitor reads options, tells of it, and takes it away again.
    fn try_out(&mut self, options: &str) -> Outcome {
        match self.tell(&format!("object_add {options}")) {
            Ok(said) if said.is_empty() => {}
            Ok(said) | Err(said) => return Outcome::Refused(said),
        }
        let made = self.ask("query-memdev", json!({})).expect("it tells");
        let made = &made[0];
        let outcome = Outcome::of(made);
        let id = made["id"].as_str().expect("it is text");
        assert_eq!(self.tell(&format!("object_del {id}")), Ok(String::new()));
        outcome
    }
}

impl Drop for Qemu {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

/// What a QEMU makes of options on its command line.
fn theirs(options: &str) -> Outcome {
    let mut process = quiet(&program())
        .args(["-object", options, "-qmp", "stdio"])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .expect("it starts");
    let mut commands = process.stdin.take().expect("it is a pipe");
    // Where it has ended, that is told by how.
    for command in ["qmp_capabilities", "query-memdev", "quit"] {
        let _ = writeln!(commands, "{}", json!({ "execute": command }));
    }
    let output = process.wait_with_output().expect("it ends");
    let said = String::from_utf8_lossy(&output.stdout);
    let replies = said.lines().filter_map(|line| serde_json::from_str::<Value>(line).ok());
    match replies.map(|reply| reply["return"][0].clone()).find(|made| !made.is_null()) {
        Some(made) => Outcome::of(&made),
        None => Outcome::Refused(String::from_utf8_lossy(&output.stderr).trim_end().to_owned()),
    }
}

/// The program, without a machine and whatever it brings by itself.
fn quiet(program: &str) -> Command {
    let mut command = Command::new(program);
    command.args(["-S", "-nodefaults", "-no-user-config", "-display", "none", "-machine", "none"]);
    command
}

fn program() -> String {
    std::env::var("QEMU").unwrap_or_else(|_| "qemu-system-x86_64".to_owned())
}

/// Can it be started here, and has it such backends? If not, says so.
fn is_here() -> bool {
    let help = quiet(&program()).args(["-object", "help"]).output();
    let is_here = help.is_ok_and(|help| String::from_utf8_lossy(&help.stdout).contains("memory-backend-shm"));
    if !is_here {
        eprintln!("skipped: {} is not here, or older than QEMU 9.1", program());
    }
    is_here
}

/// What this crate makes of options.
fn ours(options: &str) -> Outcome {
    let refused = |refusal: shmfd::qemu::Refusal| Outcome::Refused(refusal.to_string());
    let options: Options = match options.parse() {
        Ok(options) => options,
        Err(refusal) => return refused(refusal),
    };
    let backend = match options.create() {
        Ok(backend) => backend,
        Err(refusal) => return refused(refusal),
    };
    Outcome::Made(options.id, backend.memory.size(), true, options.prealloc, options.reserve, options.numa)
}

/// Do the two agree, or differ as is known?
fn agree(theirs: &Outcome, ours: &Outcome) -> bool {
    match (theirs, ours) {
        // It makes an object of the size asked for, and refuses it where that is no whole pages. Ours are of any size.
        (Outcome::Refused(said), Outcome::Made(_, size, ..)) => {
            said.contains(&format!("backing store size {size:#x} "))
        }
        (Outcome::Refused(_), Outcome::Refused(_)) => true,
        // It makes what the place has no room for, and dies when it is used.
        (Outcome::Made(..), Outcome::Refused(ours)) => no_room(ours),
        (theirs, ours) => theirs == ours,
    }
}

/// Would the system, and not a rule, refuse it?
fn no_room(ours: &str) -> bool {
    ours.contains("has not enough space") || ours.contains("Cannot allocate memory")
}

fn agree_on(options: &str, theirs: &Outcome) -> Result<(), TestCaseError> {
    let ours = ours(options);
    prop_assert!(agree(theirs, &ours), "{}\nQEMU: {:?}\nours: {:?}", options, theirs, ours);
    Ok(())
}

/// Sizes as people write them, and as they do not.
fn size() -> impl Strategy<Value = String> {
    let number = prop_oneof![
        Just(String::new()),
        (0_u64..20).prop_map(|n| n.to_string()),
        (0_u64..5).prop_map(|pages| (pages * 4096).to_string()),
        (0_u32..70).prop_map(|bits| (1_u128 << bits).to_string()),
        (0_u64..=u64::MAX).prop_map(|n| n.to_string()),
        (0_u64..1 << 20).prop_map(|n| format!("{n:#x}")),
        (0_u64..1 << 20).prop_map(|n| format!("{n:#X}")),
        "[0-9]{1,3}\\.[0-9]{0,4}",
        "\\.[0-9]{1,2}",
        "0[0-9]{1,5}",
        "[-+ ][0-9]{1,5}",
        "[0-9]{1,2}e[0-9]",
    ];
    let suffix = prop_oneof![4 => Just(""), 1 => prop::sample::select(&SUFFIXES[..])];
    (number, suffix).prop_map(|(number, suffix)| format!("{number}{suffix}"))
}

const SUFFIXES: [&str; 22] =
    ["b", "B", "k", "K", "m", "M", "g", "G", "t", "T", "p", "P", "e", "E", "kB", "KiB", "z", "x", " ", "K ", "h", "f"];

fn switch() -> impl Strategy<Value = String> {
    const WORDS: [&str; 16] =
        ["on", "off", "yes", "no", "true", "false", "y", "n", "On", "OFF", "1", "0", "t", "", " on", "maybe"];
    prop::sample::select(&WORDS[..]).prop_map(str::to_owned)
}

fn nodes() -> impl Strategy<Value = String> {
    const WORDS: [&str; 16] = [
        "0",
        "0-0",
        "1-0",
        "00",
        "0x0",
        "1",
        "7",
        "0-1",
        "127",
        "128",
        "-1",
        "0-",
        "-0",
        "0,",
        "a",
        "18446744073709551616",
    ];
    prop::sample::select(&WORDS[..]).prop_map(str::to_owned)
}

/// One property, most often one that there is.
fn property() -> impl Strategy<Value = String> {
    const SWITCHES: [&str; 7] =
        ["share", "reserve", "prealloc", "merge", "dump", "x-use-canonical-path-for-ramblock-id", "readonly"];
    const POLICIES: [&str; 7] = ["default", "preferred", "bind", "interleave", "Bind", "", "local"];
    const OTHERS: [&str; 12] = [
        "share",
        "noshare",
        "prealloc",
        "noprealloc",
        "nope",
        "mem-path=/dev/shm",
        "prealloc-context=tc0",
        "=on",
        "size",
        "id=n",
        "qom-type=memory-backend-shm",
        "align=4096",
    ];
    let threads = prop_oneof![
        (0_u64..6).prop_map(|n| n.to_string()),
        Just("0x2".to_owned()),
        Just("08".to_owned()),
        Just(" +2".to_owned()),
        Just("4294967296".to_owned()),
        Just("-1".to_owned()),
        Just("2k".to_owned()),
        Just("".to_owned())
    ];
    prop_oneof![
        4 => (prop::sample::select(&SWITCHES[..]), switch()).prop_map(|(key, value)| format!("{key}={value}")),
        2 => size().prop_map(|size| format!("size={size}")),
        1 => threads.prop_map(|threads| format!("prealloc-threads={threads}")),
        2 => nodes().prop_map(|nodes| format!("host-nodes={nodes}")),
        2 => prop::sample::select(&POLICIES[..]).prop_map(|policy| format!("policy={policy}")),
        1 => prop::sample::select(&OTHERS[..]).prop_map(str::to_owned),
    ]
}

fn options() -> impl Strategy<Value = String> {
    let head = prop_oneof![9 => Just("memory-backend-shm"), 1 => Just("qom-type=memory-backend-shm")];
    let id = prop_oneof![9 => Just("m".to_owned()), 1 => "[a-zA-Z0-9._-]{0,4}"];
    let size = prop_oneof![1 => size(), 2 => (1_u32..600).prop_map(|pages| (pages * 4096).to_string())];
    (head, id, size, prop::collection::vec(property(), 0..4))
        .prop_map(|(head, id, size, properties)| {
            let properties: String = properties.iter().map(|property| format!(",{property}")).collect();
            format!("{head},id={id},size={size}{properties}")
        })
        .prop_filter("what is populated is small", |options| !options.contains("prealloc") || is_small(options))
}

/// Are all sizes below 10 MB at the first glance?
fn is_small(options: &str) -> bool {
    let small = |size: &str| size.len() <= 7 && !size.contains(['m', 'M', 'g', 'G', 't', 'T', 'p', 'P', 'e', 'E']);
    options.split(',').filter_map(|part| part.strip_prefix("size=")).all(small)
}

fn config(cases: u32) -> Config {
    Config { cases, failure_persistence: None, ..Config::default() }
}

/// A QEMU for each of them: its monitor reads another notation, without ranges and without keys alone.
#[test]
fn whatever_options_are_qemu_and_this_crate_take_the_same_ones() {
    if !is_here() {
        return;
    }
    let compared = |options: String| agree_on(&options, &theirs(&options));
    TestRunner::new(config(64)).run(&options(), compared).unwrap_or_else(|error| panic!("{error}"));
}

#[test]
fn whatever_is_written_as_a_size_means_the_same_to_both() {
    let Some(qemu) = Qemu::start() else { return };
    let qemu = RefCell::new(qemu);
    let tried = Cell::new(0);
    let compared = |size: String| {
        // It keeps the object of an ID that it has refused, and takes it again for the next one with that ID.
        let options = format!("memory-backend-shm,id=m{},size={size}", tried.replace(tried.get() + 1));
        let theirs = qemu.borrow_mut().try_out(&options);
        if let Outcome::Refused(said) = &theirs {
            let is_size = said.contains("backing store size");
            prop_assert!(!is_size || options.parse::<Options>().is_ok(), "{} is a size: {}", size, said);
        }
        agree_on(&options, &theirs)
    };
    TestRunner::new(config(1000)).run(&size(), compared).unwrap_or_else(|error| panic!("{error}"));
}

#[rstest]
#[case::zero("memory-backend-shm,id=m,size=0")]
#[case::private("memory-backend-shm,id=m,size=4096,share=off")]
#[case::populated_and_not_reserved("memory-backend-shm,id=m,size=4096,prealloc=on,reserve=off")]
#[case::unknown("memory-backend-shm,id=m,size=4096,colour=blue")]
#[case::a_key_alone("memory-backend-shm,id=m,size=4096,share,noprealloc")]
#[case::a_range("memory-backend-shm,id=m,size=4096,host-nodes=0-0,policy=bind")]
#[case::the_last_one_counts("memory-backend-shm,id=m,size=nonsense,size=8192,policy=nearest,policy=default,prealloc=")]
#[case::and_alone("memory-backend-shm,id=m,size=nonsense,size=8192,policy=nearest,policy=default")]
#[case::the_first_id_counts("memory-backend-shm,id=m,size=4096,id=n")]
#[case::and_may_be_the_only_good_one("memory-backend-shm,id=m,size=4096,id=0n")]
#[case::many_threads("memory-backend-shm,id=m,size=4096,prealloc-threads=4294967295")]
#[case::too_many_threads("memory-backend-shm,id=m,size=4096,prealloc-threads=4294967296")]
#[case::a_point_without_a_fraction("memory-backend-shm,id=m,size=4.k")]
#[case::octal_threads("memory-backend-shm,id=m,size=4096,prealloc-threads=08")]
#[case::a_sign("memory-backend-shm,id=m,size= +4096")]
#[case::a_fraction_alone("memory-backend-shm,id=m,size=.5M")]
#[case::json(r#"{"qom-type": "memory-backend-shm", "id": "m", "size": 8192, "reserve": false}"#)]
#[case::a_size_as_text(r#"{"qom-type": "memory-backend-shm", "id": "m", "size": "8192"}"#)]
#[case::a_key_twice(r#"{"qom-type": "memory-backend-shm", "id": "m", "size": 4096, "size": 8192}"#)]
fn these_options_mean_the_same_to_both(#[case] options: &str) {
    if is_here() {
        agree_on(options, &theirs(options)).unwrap_or_else(|error| panic!("{error}"));
    }
}

/// In the same process: a size that is refused decides of which object the next backend of that ID is.
#[test]
fn qemu_keeps_the_object_of_a_size_that_it_has_refused() {
    let Some(mut qemu) = Qemu::start() else { return };
    let mut tell =
        |size: u32| qemu.tell(&format!("object_add memory-backend-shm,id=m,size={size}")).expect("it answers");
    assert!(tell(6).contains("backing store size 0x6 is too small"), "it does so no longer: mend docs/findings.md");
    assert!(tell(4096).contains("backing store size 0x6 is too small"), "it does so no longer: mend docs/findings.md");
}
