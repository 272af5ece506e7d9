//! All clauses, read from the files that are embedded in the program.

use super::{ClauseId, Interface, Level};
use serde::Deserialize;
use std::collections::BTreeMap;
use std::sync::OnceLock;

macro_rules! files {
    ($($file:literal)+) => {
        &[$(($file, include_str!(concat!("../../clauses/", $file, ".toml")))),+]
    };
}

/// One file an interface, in the order in which people read them.
const FILES: &[(&str, &str)] = files! {
    "shm_open" "shm_unlink" "ftruncate" "posix_fallocate" "punch" "fstat" "fchmod" "fchown"
    "mmap" "munmap" "mprotect" "msync" "mlock" "read" "write" "lseek" "dup" "reopen" "close" "fcntl" "flock"
    "fork" "exec" "exit" "umask" "sendmsg" "recvmsg"
    "file_access" "create" "memfd_create" "seals" "unique_names" "call"
};

/// A sentence of a standard, in our words.
#[derive(Debug, Clone)]
pub struct Clause {
    /// Its ID.
    pub id: ClauseId,
    /// How much it binds.
    pub level: Level,
    /// What it says.
    pub text: String,
    /// Where it stands: the standard or manual, and the section.
    pub source: String,
    /// Why no case exercises it, for one that none can.
    pub unexercised: Option<String>,
}

/// All clauses.
#[derive(Debug)]
pub struct Ledger {
    clauses: BTreeMap<ClauseId, Clause>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    interface: Interface,
    /// The standard or manual that the clauses stand in.
    source: String,
    clause: Vec<Entry>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Entry {
    number: u8,
    level: Level,
    text: String,
    #[serde(default)]
    section: String,
    unexercised: Option<String>,
}

impl Ledger {
    /// The ledger that the program was built with.
    pub fn get() -> &'static Ledger {
        static LEDGER: OnceLock<Ledger> = OnceLock::new();
        LEDGER.get_or_init(|| Ledger { clauses: FILES.iter().flat_map(|(file, text)| read(file, text)).collect() })
    }

    /// One clause.
    pub fn clause(&self, id: ClauseId) -> Option<&Clause> {
        self.clauses.get(&id)
    }

    /// Every clause, by interface and number.
    pub fn clauses(&self) -> impl Iterator<Item = &Clause> {
        self.clauses.values()
    }

    /// The level of a clause.
    pub fn level(&self, id: ClauseId) -> Level {
        self.clause(id).map_or(Level::Shall, |clause| clause.level)
    }
}

/// The clauses of one embedded file. A file that cannot be read is a mistake of the build, which a test catches.
fn read(file: &str, text: &str) -> Vec<(ClauseId, Clause)> {
    let File { interface, source, clause } =
        toml::from_str(text).unwrap_or_else(|error| panic!("clauses/{file}.toml: {error}"));
    let clause_of = |entry: Entry| {
        let id = ClauseId { interface, number: entry.number };
        let source = if entry.section.is_empty() { source.clone() } else { format!("{source}, {}", entry.section) };
        (id, Clause { id, level: entry.level, text: entry.text, source, unexercised: entry.unexercised })
    };
    clause.into_iter().map(clause_of).collect()
}
