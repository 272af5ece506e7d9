//! Calls on descriptors: sizes, modes, bytes, numbers, locks and seals.

use super::super::calls;
use super::super::log::Called;
use super::super::value::{Members, Value};
use super::super::world::{ObjectAt, Open, fd_label};
use super::{At, Follower};
use shmconf_model::call::{Amount, Call, FileLock, Label, Lock, OpenFlags, Seals, StatusFlags, Whence};
use shmconf_model::outcome::{Outcome, Stat};

/// A call on a descriptor of an object.
#[derive(Clone, Copy)]
struct On {
    number: i64,
    fd: Label,
    object: ObjectAt,
}

fn amount(bytes: i64) -> Amount {
    Amount::bytes(bytes)
}

/// Bytes that were read.
fn untold(len: i64) -> Outcome {
    Outcome::Untold(len.unsigned_abs())
}

impl Follower {
    /// Is it a call on a descriptor? Then it is done with.
    pub(super) fn on_descriptors(&mut self, at: At<'_>, name: &str) -> bool {
        if matches!(name, "sendfile" | "copy_file_range" | "splice") {
            self.copied(at, name);
            return true;
        }
        if name == "close_range" {
            self.close_range(at);
            return true;
        }
        if !calls::is_on_descriptor(name) {
            return false;
        }
        match self.object(at.thread, at.called.args.at(0)) {
            Some((number, object)) => self.on_object(at, name, On { number, fd: fd_label(number), object }),
            None => self.elsewhere(at, name),
        }
        true
    }

    /// A call on something else may take a number away from an object.
    fn elsewhere(&mut self, at: At<'_>, name: &str) {
        if !matches!(name, "dup" | "dup2" | "dup3" | "fcntl") {
            return;
        }
        let is_number = name != "fcntl" || at.called.args.words(1).iter().any(|word| word.starts_with("F_DUPFD"));
        let Some(number) = at.opened().filter(|_| is_number) else { return };
        if let Some(open) = self.world.process(at.thread).fds.remove(&number) {
            self.tell(at, None, Call::Close { fd: fd_label(number) }, Outcome::Ok, &[open.object]);
        }
    }

    fn on_object(&mut self, at: At<'_>, name: &str, on: On) {
        let args = &at.called.args;
        let number = |index| args.number(index).unwrap_or(0);
        let vector = |index| args.at(index).map_or(0, length_of_vector);
        let fd = on.fd;
        let (call, outcome) = match name {
            "fstat" => return self.stat(at, on, args.at(1)),
            "newfstatat" => return self.stat(at, on, args.at(2)),
            "statx" => return self.stat(at, on, args.at(4)),
            "fcntl" => return self.fcntl(at, on),
            "fallocate" => return self.fallocate(at, on),
            "dup" => return self.duplicated(at, on, Call::Dup { fd }, false),
            "dup2" | "dup3" => return self.dup2(at, on),
            "close" => {
                self.world.process(at.thread).fds.remove(&on.number);
                (Call::Close { fd }, at.plain())
            }
            "ftruncate" => (Call::Ftruncate { fd, size: amount(number(1)) }, at.plain()),
            "fchmod" => (Call::Fchmod { fd, mode: number(1) as u32 & 0o7777 }, at.plain()),
            "fchown" if number(1) >= 0 && number(2) >= 0 => {
                (Call::Fchown { fd, uid: number(1) as u32, gid: number(2) as u32 }, at.plain())
            }
            "read" => (Call::Read { fd, len: amount(number(2)) }, at.answered(untold)),
            "readv" => (Call::Read { fd, len: amount(vector(1)) }, at.answered(untold)),
            "write" => (Call::Write { fd, byte: None, len: amount(number(2)) }, at.answered(Outcome::Value)),
            "writev" => (Call::Write { fd, byte: None, len: amount(vector(1)) }, at.answered(Outcome::Value)),
            "pread64" => (Call::Pread { fd, offset: amount(number(3)), len: amount(number(2)) }, at.answered(untold)),
            "pwrite64" => {
                let (offset, len) = (amount(number(3)), amount(number(2)));
                (Call::Pwrite { fd, offset, byte: None, len }, at.answered(Outcome::Value))
            }
            "preadv" => (Call::Pread { fd, offset: amount(number(3)), len: amount(vector(1)) }, at.answered(untold)),
            "pwritev" => {
                let (offset, len) = (amount(number(3)), amount(vector(1)));
                (Call::Pwrite { fd, offset, byte: None, len }, at.answered(Outcome::Value))
            }
            "lseek" => match whence(args.words(2).first()) {
                Some(whence) => (Call::Lseek { fd, offset: amount(number(1)), whence }, at.answered(Outcome::Value)),
                None => return self.no_model(at, &[on.object]),
            },
            "flock" => match lock_of_file(&args.words(1)) {
                Some(lock) => (Call::Flock { fd, lock }, at.plain()),
                None => return self.no_model(at, &[on.object]),
            },
            _ => return self.no_model(at, &[on.object]),
        };
        let Some(outcome) = outcome else { return self.no_model(at, &[on.object]) };
        if !outcome.is_error() && matches!(call, Call::Ftruncate { .. } | Call::Write { .. } | Call::Pwrite { .. }) {
            self.world.objects[on.object].taken_as_new = false;
        }
        self.tell(at, None, call, outcome, &[on.object]);
    }

    fn fallocate(&mut self, at: At<'_>, on: On) {
        let args = &at.called.args;
        let (offset, len) = (amount(args.number(2).unwrap_or(0)), amount(args.number(3).unwrap_or(0)));
        let mut modes = args.words(1);
        modes.sort_unstable();
        let call = match modes[..] {
            [] => Call::PosixFallocate { fd: on.fd, offset, len },
            ["FALLOC_FL_KEEP_SIZE", "FALLOC_FL_PUNCH_HOLE"] => Call::Punch { fd: on.fd, offset, len },
            _ => return self.no_model(at, &[on.object]),
        };
        let Some(outcome) = at.plain() else { return self.no_model(at, &[on.object]) };
        self.world.objects[on.object].taken_as_new = false;
        self.tell(at, None, call, outcome, &[on.object]);
    }

    fn stat(&mut self, at: At<'_>, on: On, told: Option<&Value>) {
        let Some(told) = told.and_then(Value::members) else { return self.leave_out("of fstat that failed") };
        let Some((stat, owner)) = stat_of(told) else { return self.keep(at) };
        let object = &mut self.world.objects[on.object];
        if object.taken_as_new && stat.size != 0 {
            self.world.doubt(on.object, "it seems to have been there before the log begins, as its size shows");
        } else if let Some(asked) = object.asked_mode.filter(|_| object.unjudged.is_none()) {
            if asked != 0 {
                self.umask.get_or_insert(asked & !stat.mode & 0o777);
            }
            if owner {
                self.owner.get_or_insert((stat.uid, stat.gid));
            }
        }
        if !owner {
            return self.leave_out("of fstat whose owner the log does not show: strace -v does");
        }
        self.tell(at, None, Call::Fstat { fd: on.fd }, Outcome::Stat(stat), &[on.object]);
    }

    fn duplicated(&mut self, at: At<'_>, on: On, call: Call, cloexec: bool) {
        let Some(outcome) = at.descriptor() else { return self.no_model(at, &[on.object]) };
        self.tell(at, at.label(), call, outcome, &[on.object]);
        let Some(number) = at.opened() else { return };
        self.open(at, number, Open { object: on.object, cloexec });
        if cloexec {
            self.tell(at, None, Call::FcntlSetfd { fd: fd_label(number), cloexec }, Outcome::Ok, &[on.object]);
        }
    }

    /// A number that stood for no object is one that F_DUPFD gives, and no label of dup2.
    fn dup2(&mut self, at: At<'_>, on: On) {
        let onto = at.called.args.number(1).unwrap_or(-1);
        if onto < 0 || at.called.name == "dup3" && onto == on.number {
            return self.no_model(at, &[on.object]);
        }
        let is_known = self.world.process(at.thread).fds.contains_key(&onto);
        let least = u32::try_from(onto).unwrap_or(0);
        let call = match is_known {
            true => Call::Dup2 { fd: on.fd, onto: fd_label(onto) },
            false => Call::FcntlDupfd { fd: on.fd, least },
        };
        let cloexec = at.called.args.words(2).contains(&"O_CLOEXEC");
        self.duplicated(at, on, call, cloexec);
    }

    fn fcntl(&mut self, at: At<'_>, on: On) {
        let args = &at.called.args;
        let words = args.words(1);
        let fd = on.fd;
        let argument = args.words(2);
        let (call, outcome) = match words.first().copied().unwrap_or_default() {
            "F_DUPFD" | "F_DUPFD_CLOEXEC" => {
                let least = args.number(2).and_then(|least| u32::try_from(least).ok()).unwrap_or(0);
                let cloexec = words == ["F_DUPFD_CLOEXEC"];
                return self.duplicated(at, on, Call::FcntlDupfd { fd, least }, cloexec);
            }
            "F_GETFD" => (Call::FcntlGetfd { fd }, at.answered(|flags| Outcome::Value(flags & 1))),
            "F_SETFD" => {
                let cloexec = argument.contains(&"FD_CLOEXEC");
                if let Some(open) = self.world.process(at.thread).fds.get_mut(&on.number) {
                    open.cloexec = cloexec;
                }
                (Call::FcntlSetfd { fd, cloexec }, at.plain())
            }
            "F_GETFL" => {
                let told = at.called.remark.trim_start_matches("flags ").split('|');
                let told = told.filter_map(|word| OpenFlags::from_name(word.strip_prefix("O_")?));
                let shown =
                    OpenFlags::RDONLY | OpenFlags::WRONLY | OpenFlags::RDWR | OpenFlags::APPEND | OpenFlags::NONBLOCK;
                let told = told.fold(OpenFlags::empty(), |all, flag| all | flag) & shown;
                (Call::FcntlGetfl { fd }, at.answered(|_| Outcome::Access(told)))
            }
            "F_SETFL" => {
                let flags = argument.iter().filter_map(|word| StatusFlags::from_name(word.strip_prefix("O_")?));
                let flags = flags.fold(StatusFlags::empty(), |all, flag| all | flag);
                (Call::FcntlSetfl { fd, flags }, at.plain())
            }
            // One that waited has the lock in the end, as one that need not wait has.
            "F_SETLKW" if at.called.error.is_some() => return self.keep(at),
            "F_SETLK" | "F_SETLKW" => match args.at(2).and_then(Value::members).and_then(lock_of_all) {
                Some(lock) => (Call::FcntlSetlk { fd, lock }, at.plain()),
                None => return self.keep(at),
            },
            "F_GET_SEALS" => {
                // strace names them behind the number, unless there is none or it knows none.
                let told = at.called.remark.trim_start_matches("seals ");
                let number = at.called.value();
                let told = if told.is_empty() && number == Some(0x20) { "0x20" } else { told };
                match seals(told.split('|')).filter(|seals| seals.is_empty() == (number == Some(0))) {
                    Some(seals) => (Call::FcntlGetSeals { fd }, at.answered(|_| Outcome::Seals(seals))),
                    None => return self.keep(at),
                }
            }
            "F_ADD_SEALS" => match seals(argument.into_iter()) {
                Some(seals) => (Call::FcntlAddSeals { fd, seals }, at.plain()),
                None => return self.no_model(at, &[on.object]),
            },
            "F_GETLK" | "F_OFD_SETLK" | "F_OFD_SETLKW" | "F_OFD_GETLK" | "F_GETOWN" => {
                return self.keep(at);
            }
            _ => return self.no_model(at, &[on.object]),
        };
        match outcome {
            Some(outcome) => self.tell(at, None, call, outcome, &[on.object]),
            None => self.no_model(at, &[on.object]),
        }
    }

    fn close_range(&mut self, at: At<'_>) {
        let args = &at.called.args;
        let (first, last) = (args.number(0).unwrap_or(0), args.number(1).map_or(i64::MAX, |last| last as u32 as i64));
        if at.called.error.is_some() || first > last {
            return;
        }
        let cloexec = args.words(2).contains(&"CLOSE_RANGE_CLOEXEC");
        let open: Vec<(i64, Open)> =
            self.world.process(at.thread).fds.range(first..=last).map(|(number, open)| (*number, *open)).collect();
        for (number, open) in open {
            let fd = fd_label(number);
            if cloexec {
                self.open(at, number, Open { cloexec, ..open });
                self.tell(at, None, Call::FcntlSetfd { fd, cloexec }, Outcome::Ok, &[open.object]);
            } else {
                self.world.process(at.thread).fds.remove(&number);
                self.tell(at, None, Call::Close { fd }, Outcome::Ok, &[open.object]);
            }
        }
    }

    /// Calls that copy from one descriptor to another: what they take is read, and what they give is written.
    fn copied(&mut self, at: At<'_>, name: &str) {
        let args = &at.called.args;
        let (from, from_offset, to, to_offset, len) = match name {
            "sendfile" => (1, Some(2), 0, None, 3),
            _ => (0, Some(1), 2, Some(3), 4),
        };
        let len = amount(args.number(len).unwrap_or(0));
        let is_given = |index: Option<usize>| index.is_some_and(|index| args.words(index) != ["NULL"]);
        let source = self.object(at.thread, args.at(from));
        let target = self.object(at.thread, args.at(to));
        if let Some((number, object)) = source {
            match at.answered(untold) {
                Some(outcome) if !is_given(from_offset) && !outcome.is_error() => {
                    self.tell(at, None, Call::Read { fd: fd_label(number), len }, outcome, &[object]);
                }
                _ => self.keep(at),
            }
        }
        if let Some((number, object)) = target {
            match at.answered(Outcome::Value) {
                Some(Outcome::Value(written)) if !is_given(to_offset) => {
                    self.world.objects[object].taken_as_new = false;
                    let call = Call::Write { fd: fd_label(number), byte: None, len: amount(written) };
                    self.tell(at, None, call, Outcome::Value(written), &[object]);
                }
                _ => self.no_model(at, &[object]),
            }
        }
    }
}

/// The bytes of all buffers of a vector.
fn length_of_vector(vector: &Value) -> i64 {
    let lengths = vector.list().iter().filter_map(|buffer| buffer.members()?.get("iov_len")?.number());
    lengths.fold(0i64, i64::saturating_add)
}

/// What fstat or statx tells, and whether that has an owner.
fn stat_of(told: &Members) -> Option<(Stat, bool)> {
    let number = |name: &str| told.get(&format!("st_{name}")).or_else(|| told.get(&format!("stx_{name}")));
    let mode = number("mode")?;
    let special = |word: &str| match word {
        "S_ISUID" => 0o4000,
        "S_ISGID" => 0o2000,
        "S_ISVTX" => 0o1000,
        _ => 0,
    };
    let bits = mode.words().iter().find_map(|word| u32::from_str_radix(word, 8).ok())?;
    let mode = mode.words().into_iter().fold(bits, |bits, word| bits | special(word));
    let size = number("size")?.number()?;
    let owner = number("uid").and_then(Value::number).zip(number("gid").and_then(Value::number));
    let (uid, gid) = owner.unwrap_or_default();
    Some((Stat { size, mode: mode & 0o7777, uid: uid as u32, gid: gid as u32 }, owner.is_some()))
}

fn whence(word: Option<&&str>) -> Option<Whence> {
    word?.strip_prefix("SEEK_")?.parse().ok()
}

/// Does the call wait until it can have a lock?
pub(super) fn waits_for_a_lock(called: &Called) -> bool {
    match called.name.as_str() {
        "flock" => !called.args.words(1).iter().any(|word| matches!(*word, "LOCK_NB" | "LOCK_UN")),
        "fcntl" => called.args.words(1) == ["F_SETLKW"],
        _ => false,
    }
}

fn lock_of_file(words: &[&str]) -> Option<FileLock> {
    let locks: Vec<&&str> = words.iter().filter(|word| **word != "LOCK_NB").collect();
    let [lock] = locks[..] else { return None };
    lock.strip_prefix("LOCK_")?.parse().ok()
}

/// A lock of the whole object.
fn lock_of_all(lock: &Members) -> Option<Lock> {
    let is_zero = |name: &str| lock.get(name).and_then(Value::number) == Some(0);
    let is_whole = lock.get("l_whence")?.words() == ["SEEK_SET"] && is_zero("l_start") && is_zero("l_len");
    lock.get("l_type")?.words().first().filter(|_| is_whole)?.strip_prefix("F_")?.parse().ok()
}

/// Seals by their names; an older strace has none for the newest.
fn seals<'a>(mut words: impl Iterator<Item = &'a str>) -> Option<Seals> {
    words.try_fold(Seals::empty(), |all, word| match word {
        "" | "0" => Some(all),
        "0x20" => Some(all | Seals::EXEC),
        word => Some(all | Seals::from_name(word.strip_prefix("F_SEAL_")?)?),
    })
}
