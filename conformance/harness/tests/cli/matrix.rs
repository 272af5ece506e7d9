//! Many reports as one page.

use super::{complaint, shmconf};
use rstest::rstest;
use std::fs;
use std::process::Output;
use tempfile::TempDir;

/// What the files of a folder are: a report of a platform's model, the same of another one, and what is none.
fn folder() -> TempDir {
    let folder = tempfile::tempdir().expect("there is room");
    for (name, subject) in [("linux.json", "model:linux-glibc"), ("macos.json", "model:macos")] {
        let file = folder.path().join(name);
        let format = format!("json={}", file.display());
        shmconf(&["run", "size", "-s", subject, "-p", "posix", "--cases", "0", "--seed", "1", "--format", &format]);
        assert!(file.exists());
    }
    let linux = fs::read_to_string(folder.path().join("linux.json")).expect("it was written");
    let write = |name: &str, text: &str| fs::write(folder.path().join(name), text).expect("there is room");
    write("half.json", &linux[..linux.len() / 2]);
    write("later.json", &linux.replace("shmconf-report/1", "shmconf-report/2"));
    folder
}

/// The output, and the page that was written.
fn matrix(folder: &TempDir, reports: &[&str]) -> (Output, Option<String>) {
    let path = |name: &str| folder.path().join(name).to_string_lossy().into_owned();
    let reports: Vec<String> = reports.iter().map(|name| path(name)).collect();
    let page = path("page.html");
    let mut args = vec!["matrix", "-o", &page];
    args.extend(reports.iter().map(String::as_str));
    let output = shmconf(&args);
    (output, fs::read_to_string(&page).ok())
}

fn columns(page: &str) -> usize {
    page.matches("<th scope=\"col\"><button").count()
}

#[rstest]
#[case::different(&["linux.json", "macos.json"], 2)]
#[case::twice_the_same(&["linux.json", "linux.json"], 1)]
#[case::two_of_three(&["linux.json", "macos.json", "linux.json"], 2)]
fn columns_with_the_same_answers_are_one(#[case] reports: &[&str], #[case] expected: usize) {
    let folder = folder();
    let (output, page) = matrix(&folder, reports);
    assert_eq!(complaint(&output, Some(&folder)), "");
    assert_eq!(output.status.code(), Some(0));
    let page = page.expect("it was written");
    assert_eq!(columns(&page), expected);
    assert!(page.contains(&format!("of {} subjects", reports.len())), "each counts");
}

#[rstest]
#[case::broken("half.json", "left out: DIR/half.json: it is no ")]
#[case::another_version(
    "later.json",
    "left out: DIR/later.json: its format is `shmconf-report/2`, and this program reads `shmconf-report/1`"
)]
#[case::absent("gone.json", "left out: cannot read DIR/gone.json: ")]
fn what_is_no_report_is_named_and_left_out(#[case] bad: &str, #[case] said: &str) {
    let folder = folder();
    let (output, page) = matrix(&folder, &["linux.json", bad, "macos.json"]);
    let complaint = complaint(&output, Some(&folder));
    assert!(complaint.starts_with(said), "{complaint}");
    assert_eq!(complaint.lines().count(), 1, "{complaint}");
    assert_eq!(output.status.code(), Some(1));
    assert_eq!(columns(&page.expect("the rest was written")), 2);
}

#[test]
fn nothing_is_written_where_no_report_can_be_read() {
    let folder = folder();
    let (output, page) = matrix(&folder, &["half.json", "later.json"]);
    let complaint = complaint(&output, Some(&folder));
    assert!(
        complaint.ends_with("error: none of the reports can be read, so there is nothing to show\n"),
        "{complaint}"
    );
    assert_eq!(complaint.lines().count(), 3, "{complaint}");
    assert_eq!((output.status.code(), page), (Some(2), None));
}

#[test]
fn a_page_goes_to_standard_output_where_no_file_is_named() {
    let folder = folder();
    let report = folder.path().join("linux.json").to_string_lossy().into_owned();
    let output = shmconf(&["matrix", &report]);
    let page = String::from_utf8(output.stdout).expect("it is text");
    assert!(page.starts_with("<!doctype html>") && page.ends_with("</html>\n"), "{page}");
}
