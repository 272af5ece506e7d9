//! The profiles that are built in: each can be read, and says where each of its rules is known from.

use rstest::rstest;
use shmconf_model::profile::{Profile, Rules};
use shmconf_model::trace::Platform;

fn platforms() -> Vec<Profile> {
    let platforms = Profile::platforms();
    platforms.map(|id| Profile::get(id).unwrap_or_else(|error| panic!("{id}: {error}"))).collect()
}

/// The platform's word in the IDs of its deviations.
fn word(profile: &Profile) -> &str {
    profile.id.strip_prefix("linux-").filter(|libc| *libc != "glibc").unwrap_or(match &*profile.id {
        "linux-glibc" => "linux",
        id => id,
    })
}

/// The deviations of a platform, as people read them.
fn deviations(id: &str) -> String {
    let profile = Profile::get(id).expect("it is built in");
    let lines = profile.deviations.iter().map(|deviation| {
        let versions = if deviation.versions.is_empty() { "all" } else { &deviation.versions };
        let [text, trouble, instead] = [&deviation.text, &deviation.trouble, &deviation.instead];
        format!("{}  {}  {versions}\n  {text}\n  {trouble}\n  {instead}\n", deviation.id, deviation.clause)
    });
    lines.collect()
}

#[test]
fn posix_says_what_each_rule_allows() {
    let posix = Profile::get("posix").expect("it is built in");
    for rule in posix.rules.list() {
        assert!(!rule.choices.is_empty(), "{} allows nothing", rule.key);
        assert!(
            rule.choices.iter().all(|(_, justification)| justification.deviation.is_none()),
            "{} deviates from itself",
            rule.key
        );
    }
    assert_eq!(posix.rules.list().len(), Rules::KEYS.len());
}

#[test]
fn every_rule_of_a_platform_is_known_from_somewhere() {
    for profile in platforms() {
        let known = profile.rules.list().into_iter().filter(|rule| !rule.source.is_empty()).count();
        assert!(known > 0, "{} knows nothing", profile.id);
        for rule in profile.rules.list().iter().filter(|rule| rule.source.is_empty()) {
            let departs = rule.choices.iter().any(|(_, justification)| justification.deviation.is_some());
            assert!(!departs, "{}: {} departs from POSIX without a source", profile.id, rule.key);
        }
    }
}

#[test]
fn every_deviation_is_the_ground_of_a_choice() {
    for profile in platforms() {
        let rules = profile.rules.list();
        for deviation in &profile.deviations {
            let used = |(_, justification): &(String, _)| profile.deviation(*justification) == Some(deviation);
            assert!(rules.iter().any(|rule| rule.choices.iter().any(used)), "{} is not used", deviation.id);
        }
    }
}

#[test]
fn a_deviation_has_the_word_of_its_platform() {
    for profile in platforms() {
        for deviation in &profile.deviations {
            let found = deviation.id.split('/').next().unwrap_or_default();
            let inherited =
                ["linux-musl", "gvisor", "qemu-user", "android"].contains(&&*profile.id) && found == "linux";
            assert!(found == word(&profile) || inherited, "{} in {}", deviation.id, profile.id);
        }
    }
}

#[test]
fn what_a_deviation_says_is_in_sentences() {
    for profile in platforms() {
        for deviation in &profile.deviations {
            for text in [&deviation.text, &deviation.trouble, &deviation.instead] {
                assert!(text.ends_with('.'), "{}: {text}", deviation.id);
            }
            assert!(!deviation.source.is_empty(), "{} has no source", deviation.id);
        }
        for note in &profile.notes {
            assert!(note.text.ends_with('.') && !note.source.is_empty(), "{}: {}", profile.id, note.text);
        }
    }
}

#[rstest]
#[case::macos("macos")]
#[case::freebsd("freebsd")]
fn the_deviations_of_a_platform_are_these(#[case] id: &str) {
    insta::assert_snapshot!(format!("deviations_of_{id}"), deviations(id));
}

#[rstest]
#[case::unknown_rule("[rules]\nname_lenght = { does = \"any\" }", "rule `name_lenght`: no rule has that key")]
#[case::departure_without_a_deviation(
    "[rules]\nresize = { does = \"once\" }",
    "rule `resize`: POSIX does not allow `once`: name a deviation"
)]
#[case::word_that_an_entry_does_not_have(
    "[rules]\nresize = [\n    { does = \"any\", when = { untill = \"14\" } },\n]",
    "TOML parse error at line 5, column 30\n  |\n5 |     { does = \"any\", when = { untill = \"14\" } },\n  |                              ^^^^^^\n\
     unknown field `untill`, expected one of `since`, `until`, `settings`\n"
)]
#[case::order_that_depends_on_a_setting_that_is_not_told_of(
    "[[order]]\ncall = \"mmap\"\nchecks = []\nsource = \"x\"\nwhen = { settings = { moon = [\"full\"] } }",
    "order of `mmap`: [settings] does not tell of `moon`"
)]
#[case::setting_that_is_not_told_of(
    "[rules]\nresize = { does = \"any\", when = { settings = { moon = [\"full\"] } } }",
    "rule `resize`: [settings] does not tell of `moon`"
)]
#[case::deviation_that_is_none(
    "[rules]\nresize = { does = \"any\", deviation = \"mine/any\" }\n[[deviation]]\nid = \"mine/any\"\n\
     clause = \"ftruncate:1\"\ntext = \"x\"\ntrouble = \"x\"\ninstead = \"x\"\nsource = \"x\"",
    "rule `resize`: POSIX allows all that it does, so it is no deviation"
)]
#[case::unknown_key_to_forget("like = \"linux-glibc\"\nunknown = [\"tails\"]", "rule `tails`: no rule has that key")]
fn a_profile_that_is_wrong_says_where(#[case] body: &str, #[case] message: &str) {
    let text = format!("id = \"mine\"\ntitle = \"Mine\"\n{body}");
    assert_eq!(Profile::parse(&text).expect_err("it is wrong").to_string(), message);
}

#[test]
fn what_is_unknown_is_not_taken_over() {
    let text = "id = \"mine\"\ntitle = \"Mine\"\nlike = \"linux-glibc\"\nunknown = [\"tail\"]";
    let profile = Profile::parse(text).expect("it is right");
    assert!(profile.rules.tail.source.is_empty());
    assert_eq!(profile.rules.tail.choices.len(), 1);
    assert!(!profile.deviations.iter().any(|deviation| deviation.id == "linux/stale-bytes-past-end"));
    assert!(!profile.rules.write.source.is_empty());
}

#[rstest]
#[case::glibc("Linux", "glibc 2.36", "", "linux-glibc")]
#[case::musl("Linux", "musl", "", "linux-musl")]
#[case::bionic("Linux", "bionic", "", "android")]
#[case::emulated("Linux", "glibc 2.36", "qemu-user", "qemu-user")]
#[case::gvisor("Linux", "glibc 2.36", "gvisor", "gvisor")]
#[case::macos("Darwin", "libc", "", "macos")]
#[case::freebsd("FreeBSD", "libc", "", "freebsd")]
#[case::illumos("SunOS", "libc", "", "illumos")]
#[case::cygwin("CYGWIN_NT-10.0-22631", "libc", "", "cygwin")]
#[case::unheard_of("Plan 9", "libc", "", "posix")]
fn a_platform_has_the_profile_of_its_system_or_of_what_stands_in_for_it(
    #[case] os: &str,
    #[case] libc: &str,
    #[case] stand_in: &str,
    #[case] id: &str,
) {
    let [os, libc, stand_in] = [os, libc, stand_in].map(str::to_owned);
    let platform = Platform { os, libc, stand_in, ..Platform::default() };
    assert_eq!(Profile::id_for(&platform), id);
}
