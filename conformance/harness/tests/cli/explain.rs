//! `shmconf explain` with flags, error numbers, calls, areas and platforms.

use super::{complaint, shmconf};
use rstest::rstest;
use shmconf::call::Call;
use shmconf::outcome::Errno;

fn explained(words: &[&str]) -> String {
    let output = shmconf(&[&["explain"], words].concat());
    assert_eq!(output.status.code(), Some(0), "{words:?}: {}", complaint(&output, None));
    String::from_utf8_lossy(&output.stdout).into_owned()
}

#[test]
fn words_together_narrow_down_what_is_said() {
    insta::assert_snapshot!(explained(&["EINVAL", "ftruncate", "macos"]));
}

#[test]
fn a_flag_has_the_calls_that_take_it_and_what_platforms_make_of_it() {
    insta::assert_snapshot!(explained(&["O_CLOEXEC"]));
}

#[rstest]
#[case::a_call(&["shm_open"], &["shm_open(name, flags[, mode])  call", "shm_open:22  shall", "cases\n"])]
#[case::a_call_without_clauses_of_its_own(&["pread"], &["pread(fd, offset, len)  call"])]
#[case::an_area(&["size"], &["size  area; `shmconf run size` runs it", "size/grow-zero-fills "])]
#[case::an_area_that_a_call_is_called_as(&["names"], &["names  area", "names()  call", "names/dot "])]
#[case::a_call_with_commands(&["fcntl"], &["fcntl(fd, SETFD, CLOEXEC|0)  call", "fcntl:1"])]
#[case::an_area_on_a_platform(&["size", "macos"], &["on macos: macos/size-once"])]
#[case::an_error_number_that_no_call_gives(&["EXDEV"], &[])]
#[case::an_error_number_that_clauses_name(&["EEXIST"], &["EEXIST  error number", "shm_open:35"])]
#[case::a_signal(&["SIGBUS"], &["SIGBUS  signal", "mmap:11"])]
#[case::a_flag_of_another_call(&["MFD_ALLOW_SEALING"], &["flag of memfd_create; scripts write ALLOW_SEALING"])]
#[case::small_letters(&["einval"], &["EINVAL  error number", "shm_open:37"])]
#[case::a_constant_that_scripts_have_no_word_for(&["MAP_FIXED"], &["MAP_FIXED  constant of mmap", "mmap:23"])]
#[case::a_system_with_two_libraries(&["linux"], &["linux-glibc  Linux", "linux-musl  Linux"])]
#[case::a_platform(&["macos"], &["macos  profile", "macos/size-once"])]
#[case::a_release(&["shm_unlink", "macos@10.14"], &["macos/unlink-needs-write"])]
#[case::words_in_quotes(&["EINVAL ftruncate"], &["EINVAL  error number", "ftruncate:6"])]
#[case::a_setting(&["noexec"], &["noexec  setting", "map_exec", "noexec=true: EPERM  (linux/noexec)"])]
#[case::what_macos_calls_itself(&["darwin"], &["macos  profile  macOS"])]
#[case::a_flag_that_rules_are_about(&["PROT_EXEC"], &["map_exec", "protect_exec"])]
#[case::a_flag_by_what_it_sets(&["O_CLOEXEC"], &["shm_open:11", "open_cloexec"])]
#[case::a_flag_that_is_undefined(&["O_CLOEXEC"], &["shm_open:43  undefined"])]
#[case::platforms_that_make_the_same_of_a_setting(&["noexec"], &["linux-glibc, linux-musl"])]
#[case::a_platform_in_other_letters(&["MacOS"], &["macos  profile", "macos/size-once"])]
#[case::a_finding_of_the_doctor(&["small-store"], &["small-store  finding of `shmconf doctor`", "at most 64 MiB"])]
#[case::two_platforms(&["macos", "freebsd"], &["Where they differ", "name_length", "31 with the slash (since 10.14.6): macos", "macos/size-once"])]
#[case::what_has_nothing_in_common(&["shm_unlink", "EMFILE", "haiku"], &["No clause, rule or deviation speaks of all that"])]
fn a_word_is_explained(#[case] words: &[&str], #[case] said: &[&str]) {
    if said.is_empty() {
        return assert_eq!(shmconf(&[&["explain"], words].concat()).status.code(), Some(2));
    }
    let text = explained(words);
    for words in said {
        assert!(text.contains(words), "`{words}` is missing:\n{text}");
    }
}

#[test]
fn a_flag_whose_name_ends_like_another_is_not_taken_for_it() {
    let said = explained(&["PROT_EXEC"]);
    assert!(!said.contains("CLOEXEC"), "{said}");
}

#[test]
fn a_constant_is_not_taken_for_the_rule_of_its_name_in_small_letters() {
    assert!(explained(&["MAP_PRIVATE"]).starts_with("MAP_PRIVATE  flag of mmap"));
    assert!(explained(&["map_private"]).starts_with("map_private  rule"));
}

#[test]
fn a_command_of_fcntl_is_explained_as_a_call() {
    let said = explained(&["F_ADD_SEALS"]);
    assert!(said.starts_with("fcntl(fd, ADD_SEALS, seals)  call\n") && said.contains("seals:1"), "{said}");
    assert!(!said.contains("GETFD"), "{said}");
}

#[test]
fn a_deviation_of_other_releases_is_not_told_of_this_one() {
    assert!(!explained(&["shm_unlink", "macos@15"]).contains("macos/unlink-needs-write"));
}

#[test]
fn every_error_number_and_every_call_of_the_model_is_explained() {
    let calls = Call::ENTRIES.iter().map(|entry| entry.name);
    for word in Errno::NAMES.iter().copied().chain(calls) {
        assert!(!explained(&[word]).is_empty(), "{word}");
    }
}

#[rstest]
#[case(&["O_CLOEXC"], "error: nothing is called `O_CLOEXC` that could be explained; did you mean `O_CLOEXEC`?")]
#[case(&["ftruncate", "EINVLA"], "error: nothing is called `EINVLA` that could be explained; did you mean `EINVAL`?")]
#[case(&["errno"], "error: nothing is called `errno` that could be explained; `shmconf list` shows all cases, `shmconf explain clauses` all clauses, and `shmconf profiles` all platforms")]
#[case(&["name_length", "macos"], "error: `name_length` is explained by itself, without other words: `shmconf explain name_length`")]
fn an_unknown_word_has_neighbours(#[case] words: &[&str], #[case] message: &str) {
    let output = shmconf(&[&["explain"], words].concat());
    assert_eq!(output.status.code(), Some(2));
    assert_eq!(complaint(&output, None).trim_end(), message);
}
