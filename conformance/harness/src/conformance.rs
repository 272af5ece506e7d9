//! The suite as the tests of another crate: one test for each case and property, run by `cargo test`.
//!
//! [`conformance!`](crate::conformance!) makes the function `main` of a test with `harness = false`. That program is three
//! things: the tests; the process that starts the actors; and, with a hidden argument, the adapter that puts the subject
//! under test. So nothing else has to be built, and the subject has processes of its own, as under `shmconf run -s command:…`,
//! whose verdicts are the same.

mod trials;

use crate::campaign::{Compared, Plan};
use crate::executor;
use crate::exit::Exit;
use crate::subject::Spec;
use libtest_mimic::Arguments;
use shmconf_adapter::subject::Subject;
use shmconf_model::profile::Profile;
use std::num::NonZeroUsize;
use std::process::ExitCode;
use std::sync::Arc;
use std::time::Duration;
use trials::{Known, Suite};

/// The argument with which the program is the adapter.
const ADAPTER: &str = "--shmconf-adapter";

/// Tests an implementation of shared memory in Rust: one test for each case and property of the suite.
///
/// It stands alone in a file such as `tests/conformance.rs`, of which `Cargo.toml` says `harness = false`. The crate depends
/// on `shmconf` and `shmconf-adapter`.
///
/// ```no_run
/// use shmconf_adapter::subject::Subject;
///
/// struct Mine;
///
/// impl Subject for Mine {}
///
/// shmconf::conformance! {
///     subject: Mine,
///     profile: "posix",
///     known: &[("size/around-2-32", "sizes from 4 GiB on are cut off, see issue 12")],
/// }
/// ```
///
/// What follows the subject are methods of [`Conformance`], each at most once; `conformance!(Mine)` is enough.
#[macro_export]
macro_rules! conformance {
    (subject: $subject:expr $(, $setting:ident: $value:expr)* $(,)?) => {
        fn main() -> ::std::process::ExitCode {
            $crate::conformance::Conformance::of(::std::stringify!($subject))$(.$setting($value))*.main(|| $subject)
        }
    };
    ($subject:expr) => {
        $crate::conformance! { subject: $subject }
    };
}

/// How the suite is run as tests.
#[derive(Debug, Clone)]
pub struct Conformance {
    name: String,
    profile: String,
    known: Vec<Known>,
    scripts: u32,
    seed: Option<u64>,
    timeout: Duration,
    strict: bool,
}

/// The profile of the platform that this program runs on, such as `linux-glibc`: for an implementation that is made of the
/// system's calls, and does as they do.
pub fn this_platform() -> &'static str {
    Profile::id_for(&executor::platform())
}

impl Conformance {
    /// How many scripts each property draws unless it is told otherwise.
    pub const SCRIPTS: u32 = 32;

    /// The usual way, for a subject that failures call by that name.
    pub fn of(name: &str) -> Conformance {
        Conformance {
            name: name.to_owned(),
            profile: "posix".to_owned(),
            known: Vec::new(),
            scripts: Conformance::SCRIPTS,
            seed: None,
            timeout: Plan::TIMEOUT,
            strict: false,
        }
    }

    /// The rules that the subject is held to, as `-p` of `shmconf run` names them; without it, `posix`.
    pub fn profile(mut self, profile: &str) -> Conformance {
        profile.clone_into(&mut self.profile);
        self
    }

    /// Cases and properties that are known to fail, by ID, each with the reason. Their tests count as ignored as long as they
    /// fail, and fail once they pass.
    pub fn known(mut self, known: &[(&str, &str)]) -> Conformance {
        self.known.extend(known.iter().map(|(id, why)| Known { id: (*id).to_owned(), why: (*why).to_owned() }));
        self
    }

    /// How many scripts each property draws; 0 leaves properties out.
    pub fn scripts(mut self, scripts: u32) -> Conformance {
        self.scripts = scripts;
        self
    }

    /// Has properties draw the same scripts each time; without it, a failure tells its seed.
    pub fn seed(mut self, seed: u64) -> Conformance {
        self.seed = Some(seed);
        self
    }

    /// How long a call may take before it counts as hanging.
    pub fn timeout(mut self, timeout: Duration) -> Conformance {
        self.timeout = timeout;
        self
    }

    /// Is a known deviation of the profile a failure?
    pub fn strict(mut self, strict: bool) -> Conformance {
        self.strict = strict;
        self
    }

    /// The function `main`: what this process was started for. `subject` is called in the processes that make calls.
    pub fn main<S: Subject + 'static>(self, subject: impl FnOnce() -> S) -> ExitCode {
        if std::env::args_os().nth(1).is_some_and(|argument| argument == ADAPTER) {
            shmconf_adapter::actor::main(subject());
        }
        executor::resume();
        let arguments = Arguments::from_args();
        match self.suite(&arguments) {
            Ok(suite) => trials::run(&arguments, suite, self.scripts > 0),
            Err(problem) => {
                eprintln!("error: {problem}");
                Exit::Usage.into()
            }
        }
    }

    fn suite(&self, arguments: &Arguments) -> Result<Arc<Suite>, String> {
        let program =
            std::env::current_exe().map_err(|error| format!("where this program is cannot be told: {error}"))?;
        let program = program.to_str().ok_or("the path of this program is no UTF-8")?;
        let words = vec![program.to_owned(), ADAPTER.to_owned()];
        let profile = Profile::get(&self.profile).map_err(|error| format!("profile: {error}"))?;
        // As many as there are threads that run tests; who wants one test needs one process.
        let threads = if arguments.exact { Some(1) } else { arguments.test_threads };
        let jobs = threads.and_then(NonZeroUsize::new).or_else(|| std::thread::available_parallelism().ok());
        let plan = Plan {
            subjects: Vec::new(),
            cases: Vec::new(),
            properties: Vec::new(),
            profile: Some(profile.into()),
            seed: self.seed.unwrap_or_else(Plan::new_seed),
            cases_per_property: self.scripts,
            jobs: jobs.unwrap_or(NonZeroUsize::MIN),
            timeout: self.timeout,
            strict: self.strict,
            compared: Compared::Nothing,
            traces: None,
            stop: Arc::default(),
        };
        Suite::new(self.name.clone(), Spec::Command(shell_words::join(&words), words), plan, &self.known)
    }
}
