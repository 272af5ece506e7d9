//! The ledger of clauses: complete, numbered without gaps, and written in sentences.

use rstest::rstest;
use shmconf_model::clause::{ClauseId, ClauseSet, Interface, Ledger, Level, shm_open};
use shmconf_model::outcome::Errno;
use shmconf_model::profile::Profile;

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

/// The error numbers that a clause begins with, as in `EFBIG or EINVAL: the length is …`.
fn named(text: &str) -> Vec<String> {
    let (list, _) = text.split_once(": ").unwrap_or_default();
    let words: Vec<&str> = list.split([',', ' ']).filter(|word| !word.is_empty() && *word != "or").collect();
    let is_error = |word: &&str| {
        word.len() > 2 && word.starts_with('E') && word.chars().all(|c| c.is_ascii_uppercase() || c.is_ascii_digit())
    };
    if words.iter().all(is_error) { words.into_iter().map(str::to_owned).collect() } else { Vec::new() }
}

#[test]
fn no_error_number_is_justified_by_a_clause_that_names_others() {
    // This clause names both, the second one at its end.
    let names_both = "memfd_name_too_long";
    let mut wrong = Vec::new();
    for profile in Profile::ids().map(|id| Profile::get(id).expect("it is built in")) {
        for rule in profile.rules.list().into_iter().filter(|rule| rule.key != names_both) {
            for (choice, justification) in rule.choices {
                let clause = Ledger::get().clause(justification.clause).expect("there is such a clause");
                let named = named(&clause.text);
                let is_error = choice.parse::<Errno>().is_ok();
                if is_error && justification.deviation.is_none() && !named.is_empty() && !named.contains(&choice) {
                    wrong.push(format!("{}: {} = {choice}, by {}", profile.id, rule.key, clause.id));
                }
            }
        }
    }
    assert_eq!(wrong, [] as [String; 0]);
}
