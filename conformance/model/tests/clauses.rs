//! The ledger of clauses: complete, numbered without gaps, and written in sentences.

use rstest::rstest;
use shmconf_model::clause::{ClauseId, ClauseSet, Interface, Ledger, Level, shm_open};

fn numbers(interface: Interface) -> Vec<u8> {
    Ledger::get().clauses().map(|clause| clause.id).filter(|id| id.interface == interface).map(|id| id.number).collect()
}

#[test]
fn every_interface_has_clauses_numbered_from_1() {
    for &interface in Interface::ALL {
        let numbers = numbers(interface);
        assert!(!numbers.is_empty(), "{interface} has no clauses");
        assert!(numbers.iter().copied().eq(1..=numbers.len() as u8), "{interface}: {numbers:?}");
    }
}

#[rstest]
#[case(Interface::ShmOpen, 43)]
#[case(Interface::ShmUnlink, 11)]
fn the_assertions_of_the_open_posix_test_suite_keep_their_numbers(#[case] interface: Interface, #[case] count: usize) {
    assert_eq!(numbers(interface).len(), count);
}

#[test]
fn every_clause_is_a_sentence_with_a_source() {
    for clause in Ledger::get().clauses() {
        assert!(clause.text.ends_with('.'), "{}: {}", clause.id, clause.text);
        assert!(!clause.source.is_empty(), "{} has no source", clause.id);
        assert!(clause.unexercised.as_deref() != Some(""), "{} is unexercised without a reason", clause.id);
    }
}

#[rstest]
#[case(shm_open(22), Level::Shall)]
#[case(shm_open(24), Level::Undefined)]
#[case(shm_open(6), Level::ImplementationDefined)]
#[case(shm_open(10), Level::Unspecified)]
#[case(shm_open(39), Level::May)]
fn a_clause_has_its_level(#[case] id: ClauseId, #[case] level: Level) {
    assert_eq!(Ledger::get().level(id), level);
}

#[test]
fn every_clause_fits_a_set_of_clauses() {
    let too_large = Ledger::get().clauses().find(|clause| clause.id.number > ClauseSet::MAX_NUMBER);
    assert_eq!(too_large.map(|clause| clause.id), None);
    let all: ClauseSet = Ledger::get().clauses().map(|clause| clause.id).collect();
    assert_eq!(all.iter().count(), Ledger::get().clauses().count());
}
