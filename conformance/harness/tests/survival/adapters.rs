//! Adapters that do whatever an adapter should not, at random: a run ends in time, says of nobody else that it does not
//! conform, and leaves nothing.
//!
//! Each run has namespaces of its own. `SHMCONF_ADAPTERS=1000 cargo test -p shmconf --test survival adapters --
//! --nocapture` drives so many adapters.

use super::namespaces;
use std::hash::{BuildHasher, RandomState};
use std::time::{Duration, Instant};

/// How many are driven in a usual test.
const USUAL: u64 = 1;
/// Longer than any run takes whose every wait ends.
const MOST: Duration = Duration::from_secs(120);

#[test]
fn whatever_an_adapter_does_a_run_ends_and_leaves_nothing() {
    let adapters: Option<u64> = std::env::var("SHMCONF_ADAPTERS").ok().and_then(|count| count.parse().ok());
    let first = u64::from(RandomState::new().hash_one("an adapter") as u32);
    let (began, mut longest) = (Instant::now(), Duration::ZERO);
    for seed in first..first + adapters.unwrap_or(USUAL) {
        let run = Instant::now();
        let Some(said) = drive(seed) else { return };
        longest = longest.max(run.elapsed());
        let told = format!("the adapter of seed {seed}:\n{said}");
        assert!(run.elapsed() < MOST, "{told}");
        for never in ["panicked", "libc does not conform", "libc may", "HARNESS LEFT"] {
            assert!(!said.contains(never), "{never}: {told}");
        }
        let ends = ["exit 0", "exit 1", "exit 3"];
        assert!(said.lines().any(|line| ends.contains(&line)), "{told}");
        assert!(said.contains("libc conforms to linux-glibc"), "{told}");
    }
    let count = adapters.unwrap_or(USUAL);
    eprintln!("{count} adapters driven in {:?}; a run took at most {longest:?}", began.elapsed());
}

/// What a run says of an adapter and of the system beside it, with how it ended and what it left.
fn drive(seed: u64) -> Option<String> {
    let adapter = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/foreign/misbehaves.py");
    let script = format!(
        r#"
        command -v python3 >/dev/null || {{ echo "python3: not found"; exit; }}
        python=$(python3 -c "import sys; print(sys.executable)")
        mount -t tmpfs -o mode=1777 test /dev/shm
        mkdir "$DIRECTORY/temporary"
        export TMPDIR="$DIRECTORY/temporary"
        cd "$DIRECTORY"
        ./shmconf run exclusive lifetime passing -x '*race*' -s "command:$python -S {adapter} anything {seed}" -s libc \
            --cases 2 --timeout 1 -j 2 2>&1
        echo "exit $?"
        sleep 0.3
        left="$(ls -A /dev/shm) $(ls -A "$TMPDIR") $(ps -A -o comm= | grep -E 'shmconf|python|sleep')"
        [ -z "$(echo $left)" ] || echo "HARNESS LEFT $left"
        "#
    );
    let said = namespaces::said(&script)?;
    if said.contains("python3: not found") {
        eprintln!("skipped: there is no python3");
        return None;
    }
    Some(said)
}
