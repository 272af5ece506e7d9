//! Calls that make, open, remove or look at objects by a path, as `shm_open` and `shm_unlink` do it on Linux; and memfds.

use super::super::calls;
use super::super::value::Value;
use super::super::world::{ObjectAt, Open, fd_label};
use super::{At, Follower, STORE, is_semaphore, is_shared_memory, name_of};
use shmconf_model::call::{Call, MemfdFlags, Name, OpenFlags, ReopenFlags};
use shmconf_model::outcome::{Errno, Outcome};

/// What the C library adds to what a program asks `shm_open` for.
const ADDED: [&str; 2] = ["O_NOFOLLOW", "O_CLOEXEC"];
const WAS_THERE: &str =
    "the object was there before; an earlier run may have left it, or a process that is not in the log made it";

impl Follower {
    /// Is it a call on a path? Then it is done with.
    pub(super) fn on_paths(&mut self, at: At<'_>, name: &str) -> bool {
        if name == "memfd_create" {
            self.memfd_create(at);
            return true;
        }
        let given: Vec<String> = calls::paths(name).iter().filter_map(|index| path_at(at, *index)).collect();
        let is_empty = given.first().is_none_or(|path| path.is_empty());
        if is_empty && (calls::paths(name).is_empty() || matches!(name, "newfstatat" | "statx" | "fchownat")) {
            return false;
        }
        if let Some(number) = given.first().and_then(|path| own_descriptor(path)) {
            match name {
                "open" | "openat" => self.reopen(at, number),
                "newfstatat" | "statx" => {}
                _ => self.by_descriptor(at, number),
            }
            return true;
        }
        if given.first().is_some_and(|path| path.starts_with("/proc/") && path.contains("/fd/")) {
            self.open_of_another(at);
            return true;
        }
        let names: Vec<String> = given.iter().filter_map(|path| name_of(path)).collect();
        let Some(first) = names.first().cloned() else {
            if given.iter().any(|path| path.strip_prefix(STORE).is_some_and(|rest| !rest.is_empty())) {
                self.leave_out("on directories below /dev/shm, and on what lies in them");
            }
            self.forget(at);
            return true;
        };
        if names.iter().any(|name| is_semaphore(name)) {
            self.leave_out("of semaphores");
            self.forget(at);
            return true;
        }
        match name {
            "open" | "openat" | "creat" => self.shm_open(at, first),
            "unlink" | "unlinkat" => self.shm_unlink(at, first),
            "newfstatat" | "statx" => self.leave_out("that look at an object by its path"),
            _ => self.by_path(at, &names),
        }
        true
    }

    /// A number that is opened for something else stands for no object any more.
    fn forget(&mut self, at: At<'_>) {
        if let Some(number) = at.called.value() {
            self.world.process(at.thread).fds.remove(&number);
        }
    }

    fn shm_open(&mut self, at: At<'_>, name: String) {
        let args = &at.called.args;
        let (words, mode) = match at.called.name.as_str() {
            "creat" => (vec!["O_WRONLY", "O_CREAT", "O_TRUNC"], args.number(1)),
            "open" => (args.words(1), args.number(2)),
            _ => (args.words(2), args.number(3)),
        };
        let by_library = ADDED.iter().all(|word| words.contains(word));
        let (Some(flags), Some(outcome)) = (open_flags(&words, by_library), at.descriptor()) else {
            return self.by_path(at, &[name]);
        };
        let mode = if flags.contains(OpenFlags::CREAT) { mode.unwrap_or(0) as u32 & 0o7777 } else { 0 };
        let objects: Vec<ObjectAt> = self.named(&name, flags, mode, &outcome).into_iter().collect();
        let call = Call::ShmOpen { name: Name::Literal(name), flags, mode };
        self.tell(at, at.label(), call, outcome, &objects);
        let (Some(number), Some(object)) = (at.opened(), objects.first()) else { return };
        let cloexec = words.contains(&"O_CLOEXEC");
        self.open(at, number, Open { object: *object, cloexec });
        if !by_library {
            self.leave_out(
                "that opened an object by its path: shm_open, as the comparison with other systems takes it",
            );
            if !cloexec {
                // What shm_open opens is closed by exec, and this is not.
                let call = Call::FcntlSetfd { fd: fd_label(number), cloexec: false };
                self.tell(at, None, call, Outcome::Ok, &objects);
            }
        }
    }

    /// The object that an open of a name is about, if it has one; and what the outcome says of the name.
    fn named(&mut self, name: &str, flags: OpenFlags, mode: u32, outcome: &Outcome) -> Option<ObjectAt> {
        let known = self.world.names.get(name).copied();
        let was_before = self.before.as_ref().is_some_and(|before| before.contains(name));
        let object = match (outcome, known) {
            (Outcome::Errno(Errno::ENOENT), _) => {
                self.world.names.entry(name.to_owned()).or_insert(None);
                return None;
            }
            (Outcome::Fd(_), _) if flags.contains(OpenFlags::CREAT | OpenFlags::EXCL) => {
                Some(self.new_object(true, mode))
            }
            (Outcome::Fd(_), Some(None)) => Some(self.new_object(true, mode)),
            (Outcome::Fd(_), None) if flags.contains(OpenFlags::CREAT) && !was_before => {
                Some(self.new_object(self.before.is_some(), mode))
            }
            (_, Some(object)) => object,
            // What could not be made for other reasons was not there.
            (Outcome::Errno(errno), None)
                if *errno != Errno::EEXIST
                    && flags.contains(OpenFlags::CREAT)
                    && self.before.is_some()
                    && !was_before =>
            {
                return None;
            }
            (_, None) => Some(self.world.add_stranger(WAS_THERE)),
        };
        if let Some(object) = object {
            self.world.objects[object].had_name = true;
        }
        self.world.names.insert(name.to_owned(), object);
        object
    }

    /// Is what the process does to names not known, as it may be somebody else by now, or elsewhere?
    fn is_doubted(&mut self, at: At<'_>) -> Option<ObjectAt> {
        let why = self.world.process(at.thread).unjudged.clone()?;
        Some(self.world.add_stranger(&why))
    }

    fn shm_unlink(&mut self, at: At<'_>, name: String) {
        let Some(outcome) = at.plain() else { return self.by_path(at, &[name]) };
        let known = self.world.names.get(&name).copied();
        let gone = matches!(outcome, Outcome::Ok | Outcome::Errno(Errno::ENOENT));
        let objects: Vec<ObjectAt> = match known {
            // What has no model may have changed an object, and not whether its name goes.
            Some(object) => {
                object.filter(|object| self.world.objects[*object].asked_mode.is_none()).into_iter().collect()
            }
            None if outcome == Outcome::Errno(Errno::ENOENT) => Vec::new(),
            None => vec![self.world.add_stranger(WAS_THERE)],
        };
        if gone {
            let left = self.is_doubted(at);
            self.world.names.insert(name.clone(), left);
        }
        self.tell(at, None, Call::ShmUnlink { name: Name::Literal(name) }, outcome, &objects);
    }

    /// A call on paths that has no model: what had those names is uncertain, and so is what has them now.
    fn by_path(&mut self, at: At<'_>, names: &[String]) {
        let changes = at.called.error.is_none();
        for name in names.iter().filter(|_| changes) {
            let why = format!("{} has no model", at.called.name);
            if let Some(object) = self.world.names.get(name).copied().flatten() {
                self.world.doubt(object, &why);
            }
            let stranger = self.world.add_stranger(&why);
            self.world.names.insert(name.clone(), Some(stranger));
        }
        if let (Some(number), Some(Value::Descriptor { stands_for, .. })) = (at.opened(), &at.called.result)
            && is_shared_memory(stands_for)
        {
            let object = self.world.add_stranger("it was opened in a way that has no model");
            self.open(at, number, Open { object, cloexec: false });
        }
        self.keep(at);
    }

    /// A call on the path of a descriptor, which has no model.
    fn by_descriptor(&mut self, at: At<'_>, number: i64) {
        if let Some(open) = self.world.process(at.thread).fds.get(&number).copied() {
            self.no_model(at, &[open.object]);
        }
    }

    fn reopen(&mut self, at: At<'_>, number: i64) {
        let Some(open) = self.world.process(at.thread).fds.get(&number).copied() else { return self.forget(at) };
        let words = at.called.args.words(if at.called.name == "open" { 1 } else { 2 });
        let flags = words.iter().filter(|word| **word != "O_LARGEFILE").map(|word| word.trim_start_matches("O_"));
        let flags = flags.collect::<Vec<_>>().join("|").parse::<ReopenFlags>();
        let (Ok(flags), Some(outcome)) = (flags, at.descriptor()) else { return self.no_model(at, &[open.object]) };
        self.tell(at, at.label(), Call::Reopen { fd: fd_label(number), flags }, outcome, &[open.object]);
        if let Some(new) = at.opened() {
            self.open(at, new, Open { cloexec: words.contains(&"O_CLOEXEC"), ..open });
        }
    }

    /// A descriptor of another process is opened anew, for which the language has no word.
    fn open_of_another(&mut self, at: At<'_>) {
        self.forget(at);
        if let (Some(number), Some(Value::Descriptor { stands_for, .. })) = (at.opened(), &at.called.result)
            && is_shared_memory(stands_for)
        {
            let object = self.world.add_stranger("opening a descriptor of another process has no model");
            self.open(at, number, Open { object, cloexec: at.called.text.contains("O_CLOEXEC") });
            self.keep(at);
        }
    }

    fn memfd_create(&mut self, at: At<'_>) {
        if at.called.error.is_some() {
            // Why it failed may be its name, which the log cuts short.
            return self.keep(at);
        }
        let args = &at.called.args;
        let words = if args.number(1) == Some(8) { vec!["0x8"] } else { args.words(1) };
        let cloexec = words.contains(&"MFD_CLOEXEC");
        // An older strace has no names for the newer flags.
        let flags = words.iter().map(|word| match *word {
            "0x8" => "NOEXEC_SEAL",
            "0x10" => "EXEC",
            word => word.trim_start_matches("MFD_"),
        });
        let flags = flags.collect::<Vec<_>>().join("|");
        let flags = if flags.is_empty() { Ok(MemfdFlags::empty()) } else { flags.parse::<MemfdFlags>() };
        let (Ok(flags), Some(outcome)) = (flags, at.descriptor()) else {
            if let Some(number) = at.opened() {
                let object = self.world.add_stranger("its flags have no model");
                self.open(at, number, Open { object, cloexec });
            }
            return self.keep(at);
        };
        // The log may have cut the name short; what the descriptor stands for has all of it.
        let whole = at.called.result.as_ref().and_then(|result| result.stands_for()?.strip_prefix("/memfd:"));
        let name = whole.map(|name| name.trim_end_matches(" (deleted)")).or(at.called.args.text(0)).unwrap_or_default();
        let object = self.new_object(true, 0);
        self.tell(
            at,
            at.label(),
            Call::MemfdCreate { name: Name::Literal(name.to_owned()), flags },
            outcome,
            &[object],
        );
        if let Some(number) = at.opened() {
            self.open(at, number, Open { object, cloexec });
        }
    }
}

/// A path of the call, from the root on, where the log tells what it is relative to.
fn path_at(at: At<'_>, index: usize) -> Option<String> {
    let args = &at.called.args;
    let path = args.text(index)?;
    if path.starts_with('/') || path.is_empty() {
        return Some(plain(path));
    }
    let directory = index.checked_sub(1).and_then(|before| args.at(before)?.stands_for());
    Some(directory.map_or_else(|| path.to_owned(), |directory| plain(&format!("{directory}/{path}"))))
}

/// The path without `.`, `..` and doubled slashes.
fn plain(path: &str) -> String {
    let mut parts: Vec<&str> = Vec::new();
    for part in path.split('/').filter(|part| !part.is_empty() && *part != ".") {
        match part {
            ".." => parts.truncate(parts.len().saturating_sub(1)),
            part => parts.push(part),
        }
    }
    if path.is_empty() { String::new() } else { format!("/{}", parts.join("/")) }
}

/// The number of the process's own descriptor that lies at a path.
fn own_descriptor(path: &str) -> Option<i64> {
    let prefixes = ["/proc/self/fd/", "/proc/thread-self/fd/", "/dev/fd/"];
    prefixes.iter().find_map(|prefix| path.strip_prefix(prefix)).map(|number| number.parse().unwrap_or(-1))
}

/// The flags that the program gave, as far as that can be told; nothing where there is one that has no model.
fn open_flags(words: &[&str], by_library: bool) -> Option<OpenFlags> {
    let mut flags = OpenFlags::empty();
    for word in words {
        match *word {
            "O_LARGEFILE" | "O_NOCTTY" | "O_CLOEXEC" => {}
            "O_NOFOLLOW" if by_library => {}
            "O_DSYNC" | "__O_SYNC" => flags |= OpenFlags::SYNC,
            word => flags |= OpenFlags::from_name(word.strip_prefix("O_")?)?,
        }
    }
    Some(flags)
}
