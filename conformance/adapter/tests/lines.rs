//! How bytes that arrive in any pieces become lines, in time that grows with their number alone.

use rstest::rstest;
use shmconf_adapter::wire::Lines;
use std::time::{Duration, Instant};

#[rstest]
fn lines_are_the_same_in_whatever_pieces_they_arrive(#[values(1, 2, 3, 7, 100)] piece: usize) {
    let text = b"one\n\ntwo and three\nrest";
    let mut lines = Lines::default();
    let mut seen = Vec::new();
    for piece in text.chunks(piece) {
        lines.push(piece);
        while let Some(line) = lines.next_line() {
            seen.push(line.to_vec());
        }
    }
    assert_eq!(seen, [&b"one"[..], b"", b"two and three"]);
    assert_eq!(lines.pending(), 4);
}

#[test]
fn many_lines_are_given_up_once_they_are_read() {
    let mut lines = Lines::default();
    let line = [&[b'x'; 999][..], b"\n"].concat();
    lines.push(b"begun ");
    for at in 0..10_000 {
        lines.push(&line);
        let first = if at == 0 { 6 } else { 0 };
        assert_eq!(lines.next_line().map(<[u8]>::len), Some(999 + first), "line {at}");
        lines.push(&line[..500]);
        assert_eq!(lines.next_line(), None);
        lines.push(&line[500..]);
        assert_eq!(lines.next_line().map(<[u8]>::len), Some(999));
    }
    assert_eq!(lines.pending(), 0);
}

/// Searching everything again for each piece would take minutes.
#[test]
fn a_long_line_takes_no_time_to_speak_of() {
    let mut lines = Lines::default();
    let piece = [b'x'; 4096];
    let began = Instant::now();
    for _ in 0..Lines::MAX_BYTES / piece.len() {
        lines.push(&piece);
        assert_eq!(lines.next_line(), None);
    }
    lines.push(b"\n");
    assert_eq!(lines.next_line().map(<[u8]>::len), Some(Lines::MAX_BYTES));
    assert!(began.elapsed() < Duration::from_secs(20), "{:?}", began.elapsed());
}
