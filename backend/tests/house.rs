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

#[test]
fn every_type_is_shown_sent_and_shared() {
    (shown::<Builder>(), shown::<Call>(), shown::<Commit>(), shown::<ErrorKind>(), shown::<Expect>());
    (shown::<Facts>(), shown::<Feature>(), shown::<FinalMode>(), shown::<MapOptions<'_>>(), shown::<Mapping>());
    (shown::<Name>(), shown::<Nodes>(), shown::<Numa>(), shown::<ObjectName>(), shown::<Prealloc<'_>>());
    (shown::<Prefix>(), shown::<Received>(), shown::<SharedMemory>(), shown::<SizeGuard>(), shown::<Strategy>());
    (shown::<qemu::Backend>(), shown::<qemu::Options>());
}

#[test]
fn every_error_is_an_error() {
    (told::<shmfd::Error>(), told::<DescriptorFault>(), told::<Refused>(), told::<qemu::Refusal>());
}

#[test]
fn levels_of_commitment_are_in_order() {
    assert!(Commit::Lazy < Commit::Checked && Commit::Checked < Commit::Reserved);
    assert_eq!(Commit::default(), Commit::Checked);
}
