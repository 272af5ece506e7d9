//! What a profile says of one release, and under certain settings.

use rstest::rstest;
use shmconf_model::profile::{Circumstances, Profile};
use shmconf_model::trace::{Machine, Platform};

fn choices(profile: &Profile, key: &str) -> Vec<String> {
    let rule = profile.rules.list().into_iter().find(|rule| rule.key == key).expect("there is such a rule");
    rule.choices.into_iter().map(|(choice, _)| choice).collect()
}

#[rstest]
#[case::of_an_old_release("macos@10.14.3", "unlink_right", &["writer"])]
#[case::of_a_new_one("macos@13", "unlink_right", &["owner-or-writer"])]
#[case::of_one_in_between("macos@10.14.5", "unlink_right", &["writer", "owner-or-writer"])]
#[case::of_a_release_of_which_not_all_is_said("macos@10.14", "unlink_right", &["writer", "owner-or-writer"])]
#[case::of_any_release("macos", "unlink_right", &["writer", "owner-or-writer"])]
#[case::up_to_the_last_of_several("macos@14.4.1", "map_exec", &["EINVAL"])]
#[case::since_the_first_of_several("macos@14.5.0", "map_exec", &["ok"])]
#[case::by_the_release_of_darwin("macos@darwin-23.6", "map_exec", &["ok"])]
#[case::of_the_kernel("linux-glibc@5.15,memfd_noexec=0", "create_mode", &["0000", "0777"])]
#[case::of_the_library("linux-glibc@5.15+glibc-2.38", "name_too_long", &["ENAMETOOLONG"])]
#[case::of_a_kernel_before_a_change("linux-glibc@6.6", "map_sealed_reading", &["EPERM", "ok"])]
#[case::of_a_kernel_behind_it("linux-glibc@6.7", "map_sealed_reading", &["ok"])]
#[case::of_a_kernel_without_the_seal("linux-musl@5.0", "seal_future_known", &["EINVAL"])]
#[case::of_another_library("linux-glibc@glibc-2.31", "name_too_long", &["ENAMETOOLONG", "EINVAL"])]
#[case::that_is_set("linux-glibc,noexec=false", "map_exec", &["ok"])]
#[case::that_is_set_otherwise("linux-glibc,noexec=true", "map_exec", &["EPERM"])]
#[case::taken_over_by_musl("linux-musl,noexec=false", "map_exec", &["ok"])]
#[case::of_a_release_and_a_setting("netbsd@10,pax_mprotect=false", "protect_raised", &["ok"])]
fn a_profile_has_what_holds(#[case] profile: &str, #[case] key: &str, #[case] expected: &[&str]) {
    let profile = Profile::get(profile).unwrap_or_else(|error| panic!("{error}"));
    assert_eq!(choices(&profile, key), expected);
}

#[rstest]
#[case::unknown_release(
    "macos@99",
    "profile `macos`: nothing is known of release 99; what is known is of releases 10.14 to 26"
)]
#[case::too_old(
    "freebsd@12.4",
    "profile `freebsd`: nothing is known of release 12.4; what is known is of releases since 13"
)]
#[case::no_release("macos@thirteen", "profile `macos`: found `thirteen`, expected a release such as 14 or 10.14.3")]
#[case::the_setting_of_another_platform(
    "macos,noexec=true",
    "profile `macos`: no setting is called `noexec`; there are "
)]
#[case::another_setting("linux-glibc,exec=no", "profile `linux-glibc`: no setting is called `exec`; there are ")]
#[case::another_value(
    "linux-glibc,noexec=maybe",
    "profile `linux-glibc`: `noexec` cannot be `maybe`; it is false or true"
)]
#[case::an_empty_release("macos@", "profile `macos`: found ``, expected a release such as 14 or 10.14.3")]
#[case::an_empty_part("macos@-1", "profile `macos`: found `-1`, expected a release such as 14 or 10.14.3")]
#[case::another_part(
    "linux-glibc@musl-1.2",
    "profile `linux-glibc`: its rules depend on the release of the platform and of `glibc`, not of `musl`"
)]
#[case::a_part_of_what_has_none(
    "freebsd@libc-7",
    "profile `freebsd`: its rules depend on the release of the platform alone"
)]
#[case::a_standard("posix@7", "profile `posix`: it is a standard, in which nothing depends on a release or a setting")]
#[case::two_releases("macos@13,14", "profile `macos`: found `14`, expected a setting such as noexec=true")]
#[case::an_unknown_profile("macso@13", "no profile is called `macso`; there are ")]
fn what_cannot_be_asked_for_is_refused(#[case] profile: &str, #[case] message: &str) {
    let error = Profile::get(profile).expect_err("it is none");
    assert!(error.to_string().starts_with(message), "{error}");
}

#[rstest]
#[case::of_darwin("Darwin", "24.4.0", "", "", "15.4")]
#[case::of_darwin_with_a_year_that_begins_at_1("Darwin", "22.1.0", "", "", "13.0")]
#[case::of_an_old_darwin("Darwin", "18.7.0", "", "", "10.14.6")]
#[case::of_a_darwin_before_the_mended_names("Darwin", "18.2.0", "", "", "10.14.3")]
#[case::of_a_new_darwin("Darwin", "25.4.0", "", "", "26.4")]
#[case::of_linux("Linux", "6.18.44-fc-v669", "", "", "6.18.44")]
#[case::of_freebsd("FreeBSD", "14.1-RELEASE-p3", "", "", "14.1")]
#[case::of_the_kernel_below_an_emulator("Linux", "6.1.0", "", "qemu-user", "6.1.0")]
#[case::not_of_a_kernel_that_tells_another_s("Linux", "4.4.0", "", "gvisor", "")]
#[case::not_of_a_word("Haiku", "unknown", "", "", "")]
fn a_trace_tells_the_release(
    #[case] os: &str,
    #[case] release: &str,
    #[case] libc: &str,
    #[case] stand_in: &str,
    #[case] expected: &str,
) {
    let text = str::to_owned;
    let platform = Platform {
        os: text(os),
        release: text(release),
        libc: text(libc),
        stand_in: text(stand_in),
        ..Platform::default()
    };
    assert_eq!(Circumstances::of(&platform, &Machine::default()).release(), expected);
}

/// What a profile says of some release is also said where no release is asked for.
#[test]
fn every_release_and_setting_leaves_each_rule_a_choice_that_the_whole_profile_has() {
    for id in Profile::platforms() {
        let whole = Profile::get(id).expect("it is built in");
        let mut asked: Vec<String> = ["0", "5.15", "6.18", "10.14", "12", "13", "14", "15", "26.4"]
            .map(|release| format!("{id}@{release}"))
            .into();
        for (word, setting) in &whole.settings {
            asked.extend(setting.values.iter().map(|value| format!("{id},{word}={value}")));
        }
        let is_known = |asked: &String| !matches!(Profile::get(asked), Err(error) if error.to_string().contains("nothing is known"));
        for asked in asked.into_iter().filter(is_known) {
            let profile = Profile::get(&asked).unwrap_or_else(|error| panic!("{asked}: {error}"));
            for (rule, all) in profile.rules.list().iter().zip(whole.rules.list()) {
                let known = |(choice, _): &(String, _)| all.choices.iter().any(|(known, _)| known == choice);
                assert!(!rule.choices.is_empty() && rule.choices.iter().all(known), "{asked}: {}", rule.key);
            }
        }
    }
}

#[rstest]
#[case::of_a_word_that_it_does_not_know("moon_phase", "full")]
#[case::of_a_value_that_it_does_not_know("noexec", "sometimes")]
fn a_setting_of_a_trace_has_no_part_in_a_profile(#[case] word: &str, #[case] value: &str) {
    let settings = [(word.to_owned(), value.to_owned())].into();
    let circumstances = Circumstances::of(&Platform::default(), &Machine { settings, ..Machine::default() });
    let profile = Profile::under("linux-glibc", &circumstances).unwrap_or_else(|error| panic!("{error}"));
    assert_eq!(choices(&profile, "map_exec"), ["ok", "EPERM"]);
}
