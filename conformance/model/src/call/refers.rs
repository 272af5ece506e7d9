//! What a call refers to: descriptors, mappings and other actors.

use super::argument::Part;
use super::{Call, Label};

/// What a label in a call stands for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Handle<L> {
    /// A descriptor.
    Fd(L),
    /// A mapping.
    Map(L),
}

impl<L> Handle<L> {
    /// The label.
    pub fn label(self) -> L {
        match self {
            Handle::Fd(label) | Handle::Map(label) => label,
        }
    }
}

impl Call {
    /// The descriptor or mapping that the call is about, the first where it names two. `send`, which may name several, has
    /// none.
    pub fn handle(&self) -> Option<Handle<&Label>> {
        let mut handle = None;
        self.parts(&mut |part| match part {
            Part::Fd(label) if handle.is_none() => handle = Some(Handle::Fd(label)),
            Part::Map(label) if handle.is_none() => handle = Some(Handle::Map(label)),
            _ => {}
        });
        handle
    }

    /// The same, to be changed.
    pub fn handle_mut(&mut self) -> Option<Handle<&mut Label>> {
        let mut handle = None;
        self.parts_mut(&mut |part| match part {
            Part::Fd(label) if handle.is_none() => handle = Some(Handle::Fd(label)),
            Part::Map(label) if handle.is_none() => handle = Some(Handle::Map(label)),
            _ => {}
        });
        handle
    }

    /// Shows every descriptor and mapping that the call uses, in order: the one that it is about, and those that it sends.
    pub fn uses(&self, see: &mut impl FnMut(Handle<Label>)) {
        self.parts(&mut |part| match part {
            Part::Fd(label) | Part::Cargo(label) => see(Handle::Fd(*label)),
            Part::Map(label) => see(Handle::Map(*label)),
            _ => {}
        });
    }

    /// The actor to whom the call sends or from whom it receives.
    pub fn peer(&self) -> Option<Label> {
        let mut peer = None;
        self.parts(&mut |part| {
            if let Part::Peer(label) = part {
                peer = Some(*label);
            }
        });
        peer
    }

    /// The actor that the call makes.
    pub fn child(&self) -> Option<Label> {
        let mut child = None;
        self.parts(&mut |part| {
            if let Part::Child(label) = part {
                child = Some(*label);
            }
        });
        child
    }
}
