//! Which platforms are asked, in which releases and as they are set, and who makes the calls.

use serde::Deserialize;
use shmconf_model::naming::Token;
use shmconf_model::profile::{Profile, ProfileError};
use shmconf_model::script::Script;
use shmconf_model::simulation::Simulation;
use shmconf_model::trace::Header;
use std::cell::RefCell;
use std::collections::HashMap;
use std::rc::Rc;

/// Which platforms are asked, and by whom.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct Choices {
    /// The platforms, such as `macos` or `linux-glibc@5.15,noexec=true`.
    pub platforms: Vec<String>,
    /// The user who makes the calls: 0 is root. A script that needs root has it anyway.
    pub user: u32,
    /// Within how many milliseconds the answers have to be found, if there is a bound.
    pub within: Option<u32>,
}

thread_local! {
    /// The platforms that were asked for, as it takes a while to read one.
    static KNOWN: RefCell<HashMap<String, Rc<Simulation>>> = RefCell::default();
}

/// A platform as `shmconf -p` takes it.
pub(crate) fn platform(text: &str) -> Result<Rc<Simulation>, ProfileError> {
    if let Some(known) = KNOWN.with_borrow(|known| known.get(text).cloned()) {
        return Ok(known);
    }
    let platform = Rc::new(Simulation::new("model", Profile::get(text)?, Token::of(0), (0, 1)));
    KNOWN.with_borrow_mut(|known| known.insert(text.to_owned(), Rc::clone(&platform)));
    Ok(platform)
}

/// A system of that platform, where that user makes the calls.
pub(crate) fn header(script: &Script, platform: &Simulation, user: u32) -> Header {
    let mut header = platform.header(script, 0);
    for actor in header.actors.iter_mut().filter(|actor| actor.uid != 0) {
        (actor.uid, actor.gid) = (user, user);
    }
    header
}
