//! What QEMU says where it makes no object: the system's error, where it names one.

use shmconf_adapter::subject::{Refused, errno};
use shmconf_model::outcome::Errno;

/// What QEMU says of a size that it refuses by itself, without having asked the system or though the system took it.
const OF_SIZES: &[&str] =
    &["property 'size' of memory-backend-shm doesn't take value", "Parameter 'size' expects", "backing store size 0x"];

/// What it says of what the system refused.
const OF_THE_SYSTEM: &[&str] = &["POSIX shared memory", "unable to map backing store", "cannot set up guest memory"];

/// What a refusal is in C.
pub(super) fn refused(words: &str) -> Refused {
    let is_of = |phrases: &[&str]| words.lines().find(|line| phrases.iter().any(|phrase| line.contains(phrase)));
    if is_of(OF_SIZES).is_some() {
        return Errno::EINVAL.into();
    }
    let error = is_of(OF_THE_SYSTEM).and_then(|line| number(line.rsplit(": ").next()?));
    error.map_or_else(|| Refused::Unsupported(words.to_owned()), |number| errno::of(number).into())
}

/// The number of an error by what the C library says of it, which QEMU repeats.
fn number(said: &str) -> Option<i32> {
    /// Above all that systems have.
    const END: i32 = 200;
    let says = |number: &i32| std::io::Error::from_raw_os_error(*number).to_string();
    (1..END).find(|number| says(number) == format!("{} (os error {number})", said.trim_end()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use rstest::rstest;

    #[rstest]
    #[case("qemu-system-x86_64: property 'size' of memory-backend-shm doesn't take value '0'", Errno::EINVAL)]
    #[case("qemu: -object memory-backend-shm,id=m,size=-1: Parameter 'size' expects a size value", Errno::EINVAL)]
    #[case(
        "qemu: m backing store size 0x1 is too small for 'size' option 0x1000 plus 'offset' option 0x0",
        Errno::EINVAL
    )]
    #[case("qemu: failed to resize POSIX shared memory to 8192: File too large", Errno::EFBIG)]
    #[case("qemu: failed to create POSIX shared memory: File exists\n", Errno::EEXIST)]
    #[case("warning: x\nqemu: unable to map backing store for guest RAM: Cannot allocate memory", Errno::ENOMEM)]
    fn what_qemu_says_of_the_memory_is_an_error(#[case] words: &str, #[case] error: Errno) {
        assert_eq!(refused(words), Refused::Errno(error));
    }

    #[rstest]
    #[case("qemu: could not load firmware: No such file or directory")]
    #[case("qemu: failed to create POSIX shared memory: of some other kind")]
    #[case("")]
    fn what_it_says_otherwise_is_told_as_it_is(#[case] words: &str) {
        assert_eq!(refused(words), Refused::Unsupported(words.to_owned()));
    }
}
