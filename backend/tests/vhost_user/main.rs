//! Our memory as the guest memory of a real vhost-user device: QEMU's storage daemon with an image of a disk.
#![cfg(target_os = "linux")]

mod daemon;
mod disk;
mod guest;
mod image;
mod lifetime;
mod ring;
mod shapes;

use std::os::fd::AsFd;
use std::os::unix::net::UnixStream;

use daemon::Daemon;
use disk::{Disk, Places};
use guest::{PAGE, contents, guest_of, memory, piece};
use image::{Image, SECTOR, bytes};
use rstest::rstest;
use shmfd::passing::{receive, send};
use shmfd::{Expect, SizeGuard, Strategy};
use virtio_bindings::virtio_blk::VIRTIO_BLK_S_OK;

/// The status of a request that the device has done.
const OK: u8 = VIRTIO_BLK_S_OK as u8;

#[rstest]
fn a_device_reads_the_image_into_our_memory(
    #[values(Strategy::PosixUnlinked, Strategy::TmpFile, Strategy::Memfd)] strategy: Strategy,
) {
    let image = Image::new();
    let Some(_daemon) = Daemon::start(&image) else { return };
    let memory = memory(2 * PAGE, strategy);
    let mut disk = Disk::connect(&image, guest_of(&memory), Places::from(0));
    assert_eq!(disk.read(7, &[piece(PAGE, 2 * SECTOR)]), OK);
    let seen = contents(&memory, PAGE, 2 * SECTOR);
    assert_eq!(seen, [bytes(0, 7), bytes(0, 8)].concat());
    assert_eq!(seen, image.read(7, 2 * SECTOR));
}

#[rstest]
fn a_device_writes_our_memory_to_the_image(
    #[values(Strategy::PosixUnlinked, Strategy::TmpFile, Strategy::Memfd)] strategy: Strategy,
) {
    let image = Image::new();
    let Some(_daemon) = Daemon::start(&image) else { return };
    let memory = memory(2 * PAGE, strategy);
    let mut disk = Disk::connect(&image, guest_of(&memory), Places::from(0));
    memory.map().unwrap().write(PAGE as usize, &bytes(1, 9)).unwrap();
    assert_eq!(disk.write(9, &[piece(PAGE, SECTOR)]), OK);
    assert_eq!(disk.flush(), OK);
    assert_eq!(image.read(8, 3 * SECTOR), [bytes(0, 8), bytes(1, 9), bytes(0, 10)].concat());
}

#[test]
fn a_device_takes_memory_whose_size_is_frozen() {
    let image = Image::new();
    let Some(_daemon) = Daemon::start(&image) else { return };
    let memory = memory(2 * PAGE, Strategy::Memfd);
    memory.freeze().unwrap();
    assert_eq!(memory.size_guard().unwrap(), SizeGuard::Sealed);
    let mut disk = Disk::connect(&image, guest_of(&memory), Places::from(0));
    assert_eq!(disk.read(3, &[piece(PAGE, SECTOR)]), OK);
    assert_eq!(contents(&memory, PAGE, SECTOR), image.read(3, SECTOR));
}

#[test]
fn a_device_takes_memory_that_another_made_and_sent() {
    let image = Image::new();
    let Some(_daemon) = Daemon::start(&image) else { return };
    let sent = memory(2 * PAGE, Strategy::Auto);
    let (ours, theirs) = UnixStream::pair().unwrap();
    send(&theirs, b"m", &[sent.as_fd()]).unwrap();
    let fd = receive(&ours, &mut [0], 1).unwrap().fds.remove(0);
    let received = Expect::new().min_size(2 * PAGE).take(fd).unwrap();
    let mut disk = Disk::connect(&image, guest_of(&received), Places::from(0));
    assert_eq!(disk.read(4, &[piece(PAGE, SECTOR)]), OK);
    assert_eq!(contents(&sent, PAGE, SECTOR), image.read(4, SECTOR));
}
