//! Reads one call with its arguments.

use super::super::lex::Token;
use super::ParseError;
use super::cursor::Cursor;
use crate::call::name::Form;
use crate::call::{Amount, Call, Label, Name, OpenFlags, Range};
use std::str::FromStr;

/// How many labels the answer of a call can be bound to.
pub(super) fn labels_bound(call: &Call) -> usize {
    match call {
        Call::ShmOpen { .. } | Call::Create { .. } | Call::Dup { .. } | Call::Mmap { .. } => 1,
        Call::Recv { .. } => usize::MAX,
        _ => 0,
    }
}

/// The arguments of a call, one after the other.
struct Args<'c, 'w> {
    cursor: &'c mut Cursor<'w>,
    first: bool,
}

pub(super) fn call(cursor: &mut Cursor<'_>) -> Result<Call, ParseError> {
    const CALL: &str = "a call, such as `shm_open(`";
    let unknown = cursor.unexpected(CALL);
    let name: String = cursor.text(CALL)?;
    cursor.mark("(")?;
    let mut args = Args { cursor, first: true };
    let call = match name.as_str() {
        "shm_open" => args.shm_open()?,
        "shm_unlink" => Call::ShmUnlink { name: args.name()? },
        "create" => Call::Create { size: args.amount()? },
        "ftruncate" => Call::Ftruncate { fd: args.fd()?, size: args.amount()? },
        "posix_fallocate" => Call::PosixFallocate { fd: args.fd()?, offset: args.amount()?, len: args.amount()? },
        "fstat" => Call::Fstat { fd: args.fd()? },
        "fchmod" => Call::Fchmod { fd: args.fd()?, mode: args.mode()? },
        "mmap" => Call::Mmap {
            fd: args.fd()?,
            offset: args.amount()?,
            len: args.amount()?,
            prot: args.word("a protection, such as READ|WRITE, or 0")?,
            flags: args.word("SHARED, PRIVATE, or 0")?,
        },
        "munmap" => {
            let map = args.map()?;
            let range = if args.more() { Some(Range { offset: args.amount()?, len: args.amount()? }) } else { None };
            Call::Munmap { map, range }
        }
        "mprotect" => Call::Mprotect { map: args.map()?, prot: args.word("a protection, such as READ, or 0")? },
        "store" => {
            Call::Store { map: args.map()?, offset: args.amount()?, byte: args.byte()?, len: args.amount_or(1)? }
        }
        "load" => Call::Load { map: args.map()?, offset: args.amount()?, len: args.amount_or(1)? },
        "read" => Call::Read { fd: args.fd()?, len: args.amount()? },
        "write" => Call::Write { fd: args.fd()?, byte: args.byte()?, len: args.amount()? },
        "pread" => Call::Pread { fd: args.fd()?, offset: args.amount()?, len: args.amount()? },
        "pwrite" => Call::Pwrite { fd: args.fd()?, offset: args.amount()?, byte: args.byte()?, len: args.amount()? },
        "lseek" => Call::Lseek { fd: args.fd()?, offset: args.amount()?, whence: args.word("SET, CUR or END")? },
        "dup" => Call::Dup { fd: args.fd()? },
        "close" => Call::Close { fd: args.fd()? },
        "fcntl" => args.fcntl()?,
        "send" => args.send()?,
        "recv" => {
            let from = args.label("the actor who sends")?;
            let room = if args.more() { Some(args.number("a number of descriptors")?) } else { None };
            Call::Recv { from, room }
        }
        "fork" => {
            let child = args.label("what the child is called")?;
            let pid_namespace = args.more() && args.keyword("NEWPID")?;
            Call::Fork { child, pid_namespace }
        }
        "exec" => Call::Exec,
        "exit" => Call::Exit { code: args.word("an exit code from 0 to 255")? },
        "kill" => Call::Kill { signal: args.word("a signal, such as SIGKILL")? },
        "sigignore" => Call::Sigignore { signal: args.word("a signal, such as SIGXFSZ")? },
        "umask" => Call::Umask { mode: args.mode()? },
        "rlimit" => Call::Rlimit { resource: args.word("FSIZE, NOFILE or AS")?, limit: args.amount()? },
        "setuid" => Call::Setuid { uid: args.number("a user number")? },
        "names" => Call::Names,
        "fds" => Call::Fds,
        "unique_names" => {
            Call::UniqueNames { count: args.number("a number of names")?, threads: args.number("a number of threads")? }
        }
        "collide" => Call::Collide,
        "limited_store" => Call::LimitedStore { bytes: args.amount()? },
        _ => return Err(unknown),
    };
    args.cursor.mark(")")?;
    Ok(call)
}

impl Args<'_, '_> {
    /// Passes the comma before every argument but the first.
    fn next(&mut self) -> Result<(), ParseError> {
        if std::mem::take(&mut self.first) { Ok(()) } else { self.cursor.mark(",") }
    }

    fn more(&self) -> bool {
        self.cursor.nth_is(0, ",")
    }

    fn word<T: FromStr>(&mut self, expected: &str) -> Result<T, ParseError> {
        self.next()?;
        self.cursor.text(expected)
    }

    fn label(&mut self, expected: &str) -> Result<Label, ParseError> {
        self.word(expected)
    }

    fn fd(&mut self) -> Result<Label, ParseError> {
        self.label("a descriptor's label")
    }

    fn map(&mut self) -> Result<Label, ParseError> {
        self.label("a mapping's label")
    }

    fn number(&mut self, expected: &str) -> Result<u32, ParseError> {
        self.word(expected)
    }

    fn amount(&mut self) -> Result<Amount, ParseError> {
        self.word("a number of bytes, such as 4096 or PAGE+1")
    }

    fn amount_or(&mut self, bytes: i64) -> Result<Amount, ParseError> {
        if self.more() { self.amount() } else { Ok(Amount::bytes(bytes)) }
    }

    /// An octal number with a leading 0, so that nobody writes 600 for 0600.
    fn mode(&mut self) -> Result<u32, ParseError> {
        struct Mode(u32);
        impl FromStr for Mode {
            type Err = ();
            fn from_str(text: &str) -> Result<Mode, ()> {
                let digits = text.strip_prefix('0').filter(|digits| digits.len() <= 4).ok_or(())?;
                u32::from_str_radix(if digits.is_empty() { "0" } else { digits }, 8).map(Mode).map_err(drop)
            }
        }
        self.word::<Mode>("an octal mode with a leading 0, such as 0600").map(|mode| mode.0)
    }

    fn byte(&mut self) -> Result<u8, ParseError> {
        struct Byte(u8);
        impl FromStr for Byte {
            type Err = ();
            fn from_str(text: &str) -> Result<Byte, ()> {
                let amount: Amount = text.parse().map_err(drop)?;
                if amount.pages != 0 { Err(()) } else { u8::try_from(amount.bytes).map(Byte).map_err(drop) }
            }
        }
        self.word::<Byte>("a byte, such as 0x5a").map(|byte| byte.0)
    }

    fn keyword(&mut self, keyword: &str) -> Result<bool, ParseError> {
        self.next()?;
        if matches!(self.cursor.peek(), Some(Token::Text(found)) if found == keyword) {
            self.cursor.skip(1);
            return Ok(true);
        }
        Err(self.cursor.unexpected(keyword))
    }

    fn name(&mut self) -> Result<Name, ParseError> {
        const NAME: &str = "a name, such as @x or \"/x\"";
        self.next()?;
        let name = match self.cursor.peek() {
            Some(Token::Quoted(text)) => Some(Name::Literal(text.clone())),
            Some(Token::Fresh(text)) => fresh(text),
            _ => return Err(self.cursor.unexpected(NAME)),
        };
        let expected = format!(
            "@x with any of :bare :double :inner :trailing and a length from {} to {}",
            Form::MIN_BYTES,
            Form::MAX_BYTES
        );
        let name = name.ok_or_else(|| self.cursor.unexpected(&expected))?;
        self.cursor.skip(1);
        Ok(name)
    }

    fn shm_open(&mut self) -> Result<Call, ParseError> {
        let name = self.name()?;
        let flags: OpenFlags = self.word("open flags, such as RDWR|CREAT|EXCL")?;
        let mode = if self.more() || flags.contains(OpenFlags::CREAT) { self.mode()? } else { 0 };
        Ok(Call::ShmOpen { name, flags, mode })
    }

    fn fcntl(&mut self) -> Result<Call, ParseError> {
        const COMMAND: &str = "GETFD, SETFD, GETFL, GET_SEALS or ADD_SEALS";
        let fd = self.fd()?;
        self.next()?;
        let unknown = self.cursor.unexpected(COMMAND);
        let command: String = self.cursor.text(COMMAND)?;
        match command.as_str() {
            "GETFD" => Ok(Call::FcntlGetfd { fd }),
            "GETFL" => Ok(Call::FcntlGetfl { fd }),
            "GET_SEALS" => Ok(Call::FcntlGetSeals { fd }),
            "ADD_SEALS" => Ok(Call::FcntlAddSeals { fd, seals: self.word("seals, such as SHRINK|GROW")? }),
            "SETFD" => {
                self.next()?;
                let unknown = self.cursor.unexpected("CLOEXEC or 0");
                let flag: String = self.cursor.text("CLOEXEC or 0")?;
                match flag.as_str() {
                    "CLOEXEC" => Ok(Call::FcntlSetfd { fd, cloexec: true }),
                    "0" => Ok(Call::FcntlSetfd { fd, cloexec: false }),
                    _ => Err(unknown),
                }
            }
            _ => Err(unknown),
        }
    }

    fn send(&mut self) -> Result<Call, ParseError> {
        let to = self.label("the actor to send to")?;
        let mut fds = Vec::new();
        while self.more() {
            fds.push(self.fd()?);
        }
        Ok(Call::Send { to, fds })
    }
}

/// `x:255:bare`
fn fresh(text: &str) -> Option<Name> {
    let mut words = text.split(':');
    let stem = words.next()?.parse().ok()?;
    let mut form = Form::default();
    for word in words {
        match word {
            "bare" => form.bare = true,
            "double" => form.double = true,
            "inner" => form.inner = true,
            "trailing" => form.trailing = true,
            bytes => {
                form.bytes =
                    Some(bytes.parse().ok().filter(|bytes| (Form::MIN_BYTES..=Form::MAX_BYTES).contains(bytes))?)
            }
        }
    }
    Some(Name::Fresh { stem, form })
}
