//! Calls on mappings.

use super::super::world::{Mapped, fd_label};
use super::{At, Follower};
use shmconf_model::call::{Amount, Call, Label, MapFlags, Over, Prot, Range};
use shmconf_model::outcome::Outcome;

/// Flags of mmap that change nothing that the model knows of.
const WITHOUT_EFFECT: &[&str] =
    &["MAP_POPULATE", "MAP_NORESERVE", "MAP_NONBLOCK", "MAP_DENYWRITE", "MAP_EXECUTABLE", "MAP_FILE", "MAP_STACK"];
/// Advice of madvise that changes an object, or what a child inherits. What others let go of a mapping, such as MADV_DONTNEED,
/// is bytes, which nobody records.
const CHANGING: &[&str] = &["MADV_REMOVE", "MADV_WIPEONFORK"];

fn amount(bytes: u64) -> Amount {
    Amount::bytes(i64::try_from(bytes).unwrap_or(i64::MAX))
}

impl Follower {
    /// Is it a call on mappings? Then it is done with.
    pub(super) fn on_maps(&mut self, at: At<'_>, name: &str) -> bool {
        match name {
            "mmap" | "mmap2" => self.mmap(at),
            "munmap" | "mprotect" | "msync" | "mlock" | "munlock" | "madvise" | "mremap" => self.on_range(at, name),
            _ => return false,
        }
        true
    }

    fn mmap(&mut self, at: At<'_>) {
        let args = &at.called.args;
        let number = |index| args.number(index).unwrap_or(0);
        let words = args.words(3);
        let address = at.called.value().map(i64::cast_unsigned);
        let whole = whole_pages(number(1).cast_unsigned());
        let over = address.filter(|_| words.contains(&"MAP_FIXED"));
        let object = self.object(at.thread, args.at(4));
        let Some((fd, object)) = object.filter(|_| !words.contains(&"MAP_ANONYMOUS")) else {
            // What lies over a mapping takes its place.
            for part in over
                .map(|start| self.world.mapped_in(at.thread, start, start.saturating_add(whole)))
                .unwrap_or_default()
            {
                self.unmapped(at, part);
            }
            return;
        };
        let flags = words.iter().filter(|word| !WITHOUT_EFFECT.contains(word) && **word != "MAP_FIXED");
        let flags = flags.map(|word| match *word {
            "MAP_SHARED_VALIDATE" => "SHARED",
            word => word.trim_start_matches("MAP_"),
        });
        let flags = flags.collect::<Vec<_>>().join("|");
        let (Ok(flags), Some(prot), Some(outcome)) =
            (flags.parse::<MapFlags>(), prot(&args.words(2)), at.answered(|_| Outcome::Ok))
        else {
            return self.no_model(at, &[object]);
        };
        let place = over.and_then(|start| self.over(at, start, start.saturating_add(whole)));
        let label = address.map(|_| self.world.new_map());
        let call = Call::Mmap {
            fd: fd_label(fd),
            offset: Amount::bytes(number(5)),
            len: Amount::bytes(number(1)),
            prot,
            flags,
            over: place,
        };
        self.tell(at, label, call, outcome, &[object]);
        let (Some(label), Some(start)) = (label, address) else { return };
        self.world.unmap(at.thread, start, start.saturating_add(whole));
        let map = Mapped { label, object, start, end: start.saturating_add(whole), base: start, inherited: true };
        self.world.process(at.thread).maps.push(map);
    }

    /// The one mapping that another is laid over, and where. Where it is laid over parts of several, these are unmapped.
    fn over(&mut self, at: At<'_>, start: u64, end: u64) -> Option<Over> {
        let parts = self.world.mapped_in(at.thread, start, end);
        if let [part] = parts[..]
            && (part.start, part.end) == (start, end)
        {
            return Some(Over { map: part.label, at: amount(start - part.base) });
        }
        parts.into_iter().for_each(|part| self.unmapped(at, part));
        None
    }

    pub(super) fn unmapped(&mut self, at: At<'_>, part: Mapped) {
        let call = Call::Munmap { map: part.label, range: Some(range_of(part)) };
        self.tell(at, None, call, Outcome::Ok, &[part.object]);
        self.world.unmap(at.thread, part.start, part.end);
    }

    /// A call on a range of addresses, which may be parts of several mappings.
    fn on_range(&mut self, at: At<'_>, name: &str) {
        let args = &at.called.args;
        let number = |index| args.number(index).unwrap_or(0).cast_unsigned();
        let start = number(0);
        let end = start.saturating_add(whole_pages(number(1)));
        let parts = self.world.mapped_in(at.thread, start, end);
        if parts.is_empty() {
            return;
        }
        let objects: Vec<_> = parts.iter().map(|part| part.object).collect();
        let last = args.words(2);
        match name {
            "madvise" if !last.iter().any(|word| CHANGING.contains(word)) => {
                let maps = self.world.process(at.thread).maps.iter_mut();
                let inside = maps.filter(|map| start <= map.start && map.end <= end);
                match last[..] {
                    ["MADV_DONTFORK"] => inside.for_each(|map| map.inherited = false),
                    ["MADV_DOFORK"] => inside.for_each(|map| map.inherited = true),
                    _ => {}
                }
                return self.leave_out("of madvise");
            }
            "mremap" | "madvise" => {
                if name == "mremap" && at.called.error.is_none() {
                    self.world.unmap(at.thread, start, end);
                }
                return self.no_model(at, &objects);
            }
            _ => {}
        }
        let Some(outcome) = at.plain() else { return self.no_model(at, &objects) };
        let is_inside = matches!(parts[..], [part] if part.start == start && part.end == end);
        if outcome.is_error() && !is_inside {
            // What lies beside it may be why.
            return self.keep(at);
        }
        for part in parts {
            let whole = self.is_whole(at, part);
            let range = (!whole).then(|| range_of(part));
            let map: Label = part.label;
            let call = match name {
                "munmap" => Call::Munmap { map, range },
                "mprotect" => match prot(&last) {
                    Some(prot) => Call::Mprotect { map, prot, range },
                    None => return self.no_model(at, &objects),
                },
                "msync" if whole && last == ["MS_SYNC"] => Call::Msync { map },
                "mlock" if whole => Call::Mlock { map },
                "munlock" if whole => Call::Munlock { map },
                _ => return self.keep(at),
            };
            self.tell(at, None, call, outcome.clone(), &[part.object]);
            if name == "munmap" && outcome == Outcome::Ok {
                self.world.unmap(at.thread, part.start, part.end);
            }
        }
    }

    /// Is it all that is left of a mapping, from its first address on?
    fn is_whole(&mut self, at: At<'_>, part: Mapped) -> bool {
        let maps = &self.world.process(at.thread).maps;
        let mut same = maps.iter().filter(|map| map.label == part.label);
        same.next().is_some_and(|map| (map.start, map.end, map.base) == (part.start, part.end, part.start))
            && same.next().is_none()
    }
}

/// As much as a range of pages takes, in bytes.
fn whole_pages(bytes: u64) -> u64 {
    const PAGE: u64 = 4096;
    bytes.checked_next_multiple_of(PAGE).unwrap_or(u64::MAX)
}

fn range_of(part: Mapped) -> Range {
    Range { offset: amount(part.start - part.base), len: amount(part.end - part.start) }
}

fn prot(words: &[&str]) -> Option<Prot> {
    let flags = words.iter().filter(|word| **word != "PROT_NONE");
    flags
        .map(|word| Prot::from_name(word.strip_prefix("PROT_")?))
        .try_fold(Prot::empty(), |all, flag| Some(all | flag?))
}
