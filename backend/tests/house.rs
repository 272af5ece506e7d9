//! What holds of every public type: it can be shown, sent and shared, and what is an error can be told as one.

use std::error::Error;
use std::fmt::Debug;

use shmfd::passing::Received;
use shmfd::{
    Builder, Call, Commit, DescriptorFault, ErrorKind, Expect, Facts, Feature, FinalMode, MapOptions, Mapping, Name,
    Nodes, Numa, Prealloc, Prefix, Refused, SharedMemory, SizeGuard, Strategy, named::ObjectName, qemu,
};

fn shown<T: Debug + Send + Sync>() {}

fn told<E: Error + Debug + Send + Sync + 'static>() {}

macro_rules! each {
    ($is:ident: $($this:ty),* $(,)?) => { $($is::<$this>();)* };
}

#[test]
fn every_type_is_shown_sent_and_shared() {
    each!(shown: Builder, Call, Commit, ErrorKind, Expect, Facts, Feature, FinalMode, MapOptions<'_>, Mapping, Name);
    each!(shown: Nodes, Numa, ObjectName, Prealloc<'_>, Prefix, Received, SharedMemory, SizeGuard, Strategy);
    each!(shown: qemu::Backend, qemu::Options);
}

#[test]
fn every_error_is_an_error() {
    each!(told: shmfd::Error, DescriptorFault, Refused, qemu::Refusal);
}

#[test]
fn levels_of_commitment_are_in_order() {
    assert!(Commit::Lazy < Commit::Checked && Commit::Checked < Commit::Reserved);
    assert_eq!(Commit::default(), Commit::Checked);
}
