//! What somebody else may have done: a log tells of some processes, and any other can reach an object by its name.

use super::Recording;
use shmconf_model::call::Call;
use shmconf_model::trace::Event;

impl Recording {
    /// Takes those of the events out of judgement that a process which was not recorded may have to do with: calls on names, and
    /// on objects that have one. What follows on such an object is not judged either.
    ///
    /// Returns why, of the first of them; nothing where all of them are about what no other process can reach.
    pub fn take_out(&mut self, events: &[usize]) -> Option<String> {
        let in_reach: Vec<usize> = events.iter().copied().filter(|event| self.is_in_reach(*event)).collect();
        let mut first = None;
        for event in in_reach {
            let why = unexplained(&self.trace.events[event], self.is_live);
            self.doubt_from(event, &why);
            first.get_or_insert(why);
        }
        first
    }

    /// May a process that was not recorded have to do with the outcome of an event?
    fn is_in_reach(&self, event: usize) -> bool {
        let is_of_name = matches!(self.trace.events[event].call, Call::ShmOpen { .. } | Call::ShmUnlink { .. });
        is_of_name || self.about[event].iter().any(|object| self.named.contains(object))
    }

    /// Neither that event nor what follows on its objects is judged.
    fn doubt_from(&mut self, event: usize, why: &str) {
        let objects = self.about[event].clone();
        let is_same = |about: &[usize]| about.iter().any(|object| objects.contains(object));
        for (at, about) in self.about.iter().enumerate().skip(event) {
            if at == event || is_same(about) {
                self.trace.events[at].unjudged.get_or_insert_with(|| why.to_owned());
            }
        }
    }
}

/// The cause may lie outside of what was recorded, or, in the log of somebody else, be missing in it.
fn unexplained(event: &Event, is_live: bool) -> String {
    let cause = match is_live {
        true => "a process that was not recorded, or this machine (shmconf doctor)",
        false => {
            "a call that the log does not show, as -e trace= leaves it out or its line is not understood, or a process that was \
             not recorded"
        }
    };
    format!("{} `{event}`; the cause may be {cause}", Event::UNEXPLAINED)
}
