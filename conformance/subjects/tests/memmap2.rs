//! The suite, on the crate `memmap2`.

use subjects::Memmap2;

const ALIGNS: &str = "an offset inside a page is taken, and the mapping begins with that page";

shmconf::conformance! {
    subject: Memmap2::default(),
    profile: shmconf::conformance::this_platform(),
    known: &[
        ("access/read-only-cannot-be-made-writable", "where make_mut is refused the mapping is gone"),
        ("mapping/length-of-0", "for a length of 0 a page is mapped, of which the crate shows nothing"),
        ("mapping/offset-inside-a-page", ALIGNS),
        ("mapping/two-things-wrong", ALIGNS),
    ],
    scripts: 0,
}
