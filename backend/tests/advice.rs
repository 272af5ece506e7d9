//! Merging, dumping, NUMA and reserving: taken where the system has it, refused where it has not.

use rstest::rstest;
use shmfd::{Builder, Error, ErrorKind, Feature, Mapping, Nodes, Numa};

fn mapping() -> Mapping {
    Builder::new(10_000).create().unwrap().map().unwrap()
}

/// It worked, or the system has no such thing and says so.
fn worked_or_unsupported(result: Result<(), Error>, feature: Feature) -> bool {
    match result {
        Ok(()) => true,
        Err(error) => {
            assert_eq!(*error.kind(), ErrorKind::Unsupported(feature), "{error}");
            eprintln!("this system: {error}");
            false
        }
    }
}

#[test]
fn merging_is_switched_on_and_off() {
    let mapping = mapping();
    for on in [true, false, true] {
        worked_or_unsupported(mapping.set_merge(on), Feature::Merge);
    }
}

#[test]
fn dumping_is_switched_off_and_on() {
    let mapping = mapping();
    for (on, flag) in [(false, true), (true, false)] {
        if worked_or_unsupported(mapping.set_dump(on), Feature::Dump) {
            assert!(has_flag(&mapping, "dd").is_none_or(|has| has == flag));
        }
    }
}

#[test]
fn memory_is_bound_to_the_first_node() {
    let mapping = mapping();
    let first = Nodes::new([0]).unwrap();
    for numa in [Numa::Bind(first), Numa::Preferred(first), Numa::Interleave(first), Numa::Default] {
        worked_or_unsupported(mapping.set_numa(numa), Feature::Numa);
    }
}

#[test]
fn a_node_that_does_not_exist_is_refused() {
    assert!(mapping().set_numa(Numa::Bind(Nodes::new([127]).unwrap())).is_err());
}

#[rstest]
#[case::none(&[])]
#[case::too_high(&[0, 128])]
fn a_set_of_no_nodes_is_refused(#[case] nodes: &[u32]) {
    let error = Nodes::new(nodes.iter().copied()).unwrap_err();
    assert!(matches!(error.kind(), ErrorKind::OutOfBounds { .. }), "{error}");
}

#[test]
fn swap_is_not_reserved_where_that_is_asked_for() {
    let memory = Builder::new(10_000).create().unwrap();
    match memory.map_options().reserve(false).map() {
        Ok(mapping) => assert_ne!(has_flag(&mapping, "nr"), Some(false)),
        Err(error) => assert_eq!(*error.kind(), ErrorKind::Unsupported(Feature::NoReserve)),
    }
    assert_ne!(has_flag(&memory.map().unwrap(), "nr"), Some(true));
}

/// Whether Linux tells this flag of a mapping, as in `VmFlags: rd wr sh dd`, where it tells any.
fn has_flag(mapping: &Mapping, flag: &str) -> Option<bool> {
    let maps = std::fs::read_to_string("/proc/self/smaps").ok()?;
    // What stands in for Linux may write the line and not mean it.
    let maps = Some(maps).filter(|maps| maps.contains("THPeligible"))?;
    let start = format!("{:x}-", mapping.as_ptr().addr());
    let mut here = maps.lines().skip_while(|line| !line.starts_with(&start));
    let flags = here.find(|line| line.starts_with("VmFlags"))?;
    Some(flags.split_whitespace().any(|found| found == flag))
}
