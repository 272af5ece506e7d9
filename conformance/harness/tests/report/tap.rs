//! TAP: as it looks, and as a parser that is not ours reads it.

use crate::documents::{document, every_verdict, hostile, rendered};
use rstest::rstest;
use shmconf::report::{Document, Tap};
use std::io::Write;
use std::process::{Command, Stdio};

/// Perl's own parser, told to say what it makes of each line.
const PARSER: &str = r#"
    use strict; use warnings; use TAP::Parser;
    local $/; my $tap = <STDIN>;
    no warnings "once";
    my $parser = TAP::Parser->new({ tap => $tap });
    while (my $result = $parser->next) {
        next if $result->is_comment;
        my $type = $result->type;
        die "$type: " . $result->raw if $type eq "unknown";
        if ($result->is_test) {
            print join(" ", ($result->is_actual_ok ? "ok" : "not-ok"), $result->number, $result->directive || "-"), "\n";
        } elsif ($result->is_yaml) {
            print "  yaml ", join(",", sort keys %{ $result->data }), "\n";
        } else {
            print $type, "\n";
        }
    }
    print "errors: ", join("; ", $parser->parse_errors), "\n";
    print "bad: ", join(",", $parser->failed), "\n";
"#;

#[test]
fn each_result_is_a_point_with_its_diagnostics() {
    insta::assert_snapshot!(rendered(&Tap, &every_verdict()));
}

#[rstest]
#[case::every_verdict(every_verdict(), "bad: 5,6,8,10,11")]
#[case::hostile_text(hostile(), "bad: 1,3,7,8")]
#[case::nothing(document(Vec::new()), "bad: ")]
fn the_parser_of_perl_reads(#[case] document: Document, #[case] bad: &str) {
    let text = rendered(&Tap, &document);
    let Some(read) = read(&text) else { return };
    assert!(read.contains("\nerrors: \n"), "{read}\n{text}");
    assert!(read.ends_with(&format!("{bad}\n")), "{read}\n{text}");
    let points = document.reports.iter().map(|report| report.results.len() + usize::from(report.gave_up.is_some()));
    let is_point = |line: &&str| line.starts_with("ok ") || line.starts_with("not-ok ");
    assert_eq!(read.lines().filter(is_point).count(), points.sum::<usize>(), "{read}");
}

#[test]
fn the_parser_of_perl_finds_the_directives_and_the_blocks() {
    let Some(read) = read(&rendered(&Tap, &every_verdict())) else { return };
    insta::assert_snapshot!(read);
}

/// What the parser makes of it; nothing where there is no Perl, or one without its parser. One that knows version 13 alone is
/// given that, which differs in its first line.
fn read(text: &str) -> Option<String> {
    let has_parser = Command::new("perl").args(["-MTAP::Parser", "-e", "1"]).stderr(Stdio::null()).status();
    if !has_parser.is_ok_and(|status| status.success()) {
        eprintln!("skipped: perl with its module TAP::Parser is not on this machine");
        return None;
    }
    let read = parsed(text);
    match read.contains("we don't know about versions later than 13") {
        true => Some(parsed(&text.replacen("TAP version 14", "TAP version 13", 1))),
        false => Some(read),
    }
}

fn parsed(text: &str) -> String {
    let mut command = Command::new("perl");
    command.args(["-e", PARSER]).stdin(Stdio::piped()).stdout(Stdio::piped());
    let mut parser = command.spawn().expect("perl starts");
    parser.stdin.take().expect("it is piped").write_all(text.as_bytes()).expect("perl reads");
    let output = parser.wait_with_output().expect("perl ends");
    assert!(output.status.success(), "{text}");
    String::from_utf8(output.stdout).expect("it is text")
}
