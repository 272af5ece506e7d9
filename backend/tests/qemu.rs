//! QEMU's notation and rules.

use proptest::prelude::*;
use rstest::rstest;
use shmfd::qemu::{Options, Refusal};
use shmfd::{ErrorKind, Nodes, Numa};
use std::time::{Duration, Instant};

fn read(text: &str) -> Result<Options, Refusal> {
    text.parse()
}

#[rstest]
#[case::pairs("memory-backend-shm,id=mem0,size=1M")]
#[case::key_of_the_type("qom-type=memory-backend-shm,id=mem0,size=1M")]
#[case::type_later("id=mem0,size=1024K,qom-type=memory-backend-shm")]
#[case::shared("memory-backend-shm,id=mem0,size=1M,share=on")]
#[case::short_switch("memory-backend-shm,id=mem0,size=1M,share,noprealloc,reserve=yes")]
#[case::the_last_one_counts("memory-backend-shm,id=mem0,size=2M,size=1M")]
#[case::comma_at_the_end("memory-backend-shm,id=mem0,size=1M,")]
#[case::json(r#"{"qom-type": "memory-backend-shm", "id": "mem0", "size": 1048576}"#)]
fn every_way_to_say_it_means_the_same(#[case] text: &str) {
    let options = read(text).unwrap();
    assert_eq!((options.id.as_str(), options.size), ("mem0", 1 << 20));
    assert_eq!((options.reserve, options.prealloc, options.numa), (true, false, Numa::Default));
    assert_eq!((options.merge, options.dump, options.prealloc_threads), (None, None, None));
}

#[test]
fn all_properties_are_read_in_both_notations() {
    let pairs = "memory-backend-shm,id=a.b-c_1,size=1.5G,prealloc=on,prealloc-threads=4,merge=off,dump=off,\
        host-nodes=0-1,host-nodes=3,policy=bind,x-use-canonical-path-for-ramblock-id=off";
    let json = r#"{"qom-type": "memory-backend-shm", "id": "a.b-c_1", "size": 1610612736, "prealloc": true,
        "prealloc-threads": 4, "merge": false, "dump": false, "host-nodes": [0, 1, 3], "policy": "bind"}"#;
    let options = read(pairs).unwrap();
    assert_eq!(options.numa, Numa::Bind(Nodes::new([0, 1, 3]).unwrap()));
    assert_eq!((options.merge, options.dump), (Some(false), Some(false)));
    assert_eq!((options.prealloc, options.prealloc_threads), (true, Some(4)));
    assert_eq!(options, read(json).unwrap());
}

#[test]
fn what_qemu_refuses_is_refused_with_the_reason() {
    let tails = [
        "size=0",
        "size=-1",
        "size=8E",
        "size=much",
        "prealloc=on",
        "size=1M,share=off",
        "size=1M,share=maybe",
        "size=1M,noshare",
        "size=1M,reserve=off,prealloc=on",
        "size=1M,prealloc-threads=0",
        "size=1M,prealloc-threads=two",
        "size=1M,prealloc-context=tc0",
        "size=1M,host-nodes=0",
        "size=1M,policy=bind",
        "size=1M,policy=nearest",
        "size=1M,host-nodes=3-1,policy=bind",
        "size=1M,host-nodes=128,policy=bind",
        "size=1M,mem-path=/dev/shm",
        "size=1M,=on",
    ];
    let with_head = tails.map(|tail| format!("memory-backend-shm,id=mem0,{tail}"));
    let whole = [
        "",
        "memory-backend-shm",
        "memory-backend-shm,size=1M",
        "memory-backend-shm,id=0mem,size=1M",
        "memory-backend-shm,id=a b,size=1M",
        "memory-backend-memfd,id=mem0,size=1M",
        "id=mem0,size=1M",
        "{",
        "{}",
        r#"{"qom-type": "memory-backend-shm", "id": "mem0", "size": "1M"}"#,
        r#"{"qom-type": "memory-backend-shm", "id": "mem0", "size": 1.5}"#,
        r#"{"qom-type": "memory-backend-shm", "id": "mem0", "size": 1, "size": 2}"#,
        r#"{"qom-type": "memory-backend-shm", "id": "mem0", "size": 1, "share": "on"}"#,
        r#"{"qom-type": "memory-backend-shm", "id": 5, "size": 1}"#,
        r#"{"qom-type": "memory-backend-shm", "id": "mem0", "size": 1, "host-nodes": 0}"#,
        r#"{"qom-type": "memory-backend-shm", "id": "mem0", "size": 1} and more"#,
    ];
    let all = with_head.into_iter().chain(whole.map(String::from));
    let told: String = all.map(|text| format!("{text}\n    {}\n", read(&text).unwrap_err())).collect();
    insta::assert_snapshot!(told);
}

#[test]
fn a_backend_is_made_as_its_options_say() {
    let options = "memory-backend-shm,id=mem0,size=4097,prealloc=on,prealloc-threads=2,host-nodes=0,policy=bind";
    match read(options).unwrap().create() {
        Ok(backend) => {
            assert_eq!((backend.memory.size(), backend.mapping.len()), (4097, 4097));
            backend.prealloc().unwrap();
        }
        Err(Refusal::Failed(error)) => {
            assert!(matches!(error.kind(), ErrorKind::Unsupported(_)), "{error}");
            eprintln!("skipped: {error}");
        }
        Err(refusal) => panic!("{refusal}"),
    }
}

#[test]
fn a_comma_in_a_value_is_written_twice() {
    let refusal = read("memory-backend-shm,id=a,,b,size=1M").unwrap_err();
    assert_eq!(refusal, Refusal::BadId("a,b".into()));
}

/// Who gives a program its options must not be able to take its time and memory: some of this took minutes and gigabytes.
#[rstest]
#[case::ranges_said_again(format!("memory-backend-shm,id=mem0,size=1M,policy=bind{}", ",host-nodes=0-127".repeat(50_000)))]
#[case::ranges_of_no_node(format!("memory-backend-shm,id=mem0,size=1M,policy=bind{}", ",host-nodes=0-65535".repeat(50_000)))]
#[case::keys_in_json(format!("{{{}}}", (0..200_000).map(|n| format!("\"k{n}\":1")).collect::<Vec<_>>().join(",")))]
fn a_long_text_is_read_in_no_time(#[case] text: String) {
    let before = Instant::now();
    let read = read(&text);
    assert!(before.elapsed() < Duration::from_secs(20), "{read:?} after {:?}", before.elapsed());
}

fn quiet() -> ProptestConfig {
    ProptestConfig { failure_persistence: None, ..ProptestConfig::default() }
}

proptest! {
    #![proptest_config(quiet())]

    #[test]
    fn no_text_makes_the_parser_panic(text in "(memory-backend-shm,)?[a-z0-9=,.{}\":\\[\\] -]{0,60}") {
        let _ = read(&text);
    }

    #[test]
    fn both_notations_agree(
        size in any::<u64>(),
        share: bool,
        reserve: bool,
        prealloc: bool,
        threads in 0..5_usize,
        node in prop::option::of(0..130_u32),
    ) {
        let nodes = node.map_or((String::new(), String::new()), |node| {
            (format!(",host-nodes={node},policy=bind"), format!(r#", "host-nodes": [{node}], "policy": "bind""#))
        });
        let on = |on| if on { "on" } else { "off" };
        let pairs = format!(
            "memory-backend-shm,id=m,size={size},share={},reserve={},prealloc={},prealloc-threads={threads}{}",
            on(share), on(reserve), on(prealloc), nodes.0
        );
        let json = format!(
            r#"{{"qom-type": "memory-backend-shm", "id": "m", "size": {size}, "share": {share},
                "reserve": {reserve}, "prealloc": {prealloc}, "prealloc-threads": {threads}{}}}"#,
            nodes.1
        );
        let (pairs, json) = (read(&pairs), read(&json));
        prop_assert_eq!(&pairs, &json);
        let wanted = i64::try_from(size).is_ok_and(|size| size > 0)
            && share && threads > 0 && (reserve || !prealloc) && node.is_none_or(|node| node < 128);
        prop_assert_eq!(pairs.is_ok(), wanted);
    }
}
