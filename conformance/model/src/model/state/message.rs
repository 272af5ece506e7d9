//! Descriptors on their way from one actor to another.

use super::{DescriptionId, State};
use crate::call::Label;
use crate::profile::Justification;
use std::sync::Arc;

/// Descriptors on their way.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(crate) struct Message {
    pub(crate) descriptions: Vec<DescriptionId>,
    /// Why it carries none of those that were sent, where that is so.
    pub(crate) lost: Option<Justification>,
}

impl State {
    /// The messages on their way from one actor to another, oldest first.
    pub(crate) fn messages(&self, from: Label, to: Label) -> impl Iterator<Item = &Message> {
        self.messages.get(&(from, to)).into_iter().flatten()
    }

    /// How many descriptors are on their way, of all processes.
    pub(crate) fn in_flight(&self) -> usize {
        self.messages.values().flatten().map(|message| message.descriptions.len()).sum()
    }

    pub(crate) fn push_message(&mut self, from: Label, to: Label, message: Message) {
        for description in &message.descriptions {
            self.hold(*description);
        }
        Arc::make_mut(&mut self.messages).entry((from, to)).or_default().push_back(message);
    }

    /// Takes the oldest message; what it refers to stays held by the caller.
    pub(crate) fn take_message(&mut self, from: Label, to: Label) -> Option<Message> {
        let messages = Arc::make_mut(&mut self.messages);
        let queue = messages.get_mut(&(from, to))?;
        let message = queue.pop_front();
        if queue.is_empty() {
            messages.remove(&(from, to));
        }
        message
    }

    /// Takes the descriptors out of the oldest message; they stay held by the caller.
    pub(crate) fn empty_message(&mut self, from: Label, to: Label) -> Vec<DescriptionId> {
        let oldest = Arc::make_mut(&mut self.messages).get_mut(&(from, to)).and_then(|queue| queue.front_mut());
        oldest.map(|message| std::mem::take(&mut message.descriptions)).unwrap_or_default()
    }
}
