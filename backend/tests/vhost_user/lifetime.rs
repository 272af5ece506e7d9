//! How long a device has our memory: reconnecting, dying, and memory that comes and goes.

use std::fs::{File, read_to_string};
use std::os::fd::{AsFd, AsRawFd};

use rstest::rstest;
use shmfd::{Builder, FinalMode, Strategy};
use vhost::vhost_user::VhostUserFrontend;
use vhost::{VhostBackend, VhostUserMemoryRegionInfo};
use vm_memory::GuestMemoryBackend;

use crate::OK;
use crate::daemon::{Daemon, within_patience};
use crate::disk::{Disk, Places, negotiate};
use crate::guest::{PAGE, Part, contents, guest_of, memory, piece};
use crate::image::{Image, SECTOR, bytes};

#[rstest]
fn a_device_maps_our_object_and_keeps_nothing_of_it_when_it_is_left(
    #[values(Strategy::PosixUnlinked, Strategy::TmpFile, Strategy::Memfd)] strategy: Strategy,
) {
    let image = Image::new();
    let Some(daemon) = Daemon::start(&image) else { return };
    let memory = memory(2 * PAGE, strategy);
    assert_eq!(daemon.mappings_of(memory.as_fd()), 0);
    let disk = Disk::connect(&image, guest_of(&memory), Places::from(0));
    assert_eq!(daemon.mappings_of(memory.as_fd()), 1);
    drop(disk);
    within_patience("the device to unmap", || (daemon.mappings_of(memory.as_fd()) == 0).then_some(()));
}

#[test]
fn a_ring_goes_on_where_it_was_after_a_reconnect() {
    let image = Image::new();
    let Some(_daemon) = Daemon::start(&image) else { return };
    let memory = memory(2 * PAGE, Strategy::PosixUnlinked);
    let (guest, places) = (guest_of(&memory), Places::from(0));
    let mut count = 0;
    for sector in 20..30 {
        let mut disk = Disk::resume(&image, guest.clone(), places, count);
        assert_eq!(disk.read(sector, &[piece(PAGE, SECTOR)]), OK);
        assert_eq!(contents(&memory, PAGE, SECTOR), image.read(sector, SECTOR));
        count = disk.stop();
    }
    assert_eq!(count, 10);
}

#[rstest]
fn what_a_guest_has_survives_a_device_that_is_killed(
    #[values(Strategy::PosixUnlinked, Strategy::TmpFile, Strategy::Memfd)] strategy: Strategy,
) {
    let image = Image::new();
    let Some(daemon) = Daemon::start(&image) else { return };
    let memory = memory(2 * PAGE, strategy);
    let (guest, places) = (guest_of(&memory), Places::from(0));
    let mut disk = Disk::connect(&image, guest.clone(), places);
    assert_eq!(disk.read(5, &[piece(PAGE, SECTOR)]), OK);
    drop(daemon);
    disk.frontend.get_features().unwrap_err();
    assert_eq!(contents(&memory, PAGE, SECTOR), bytes(0, 5));

    let _another = Daemon::start(&image).unwrap();
    let mut disk = Disk::resume(&image, guest, places, 1);
    assert_eq!(disk.write(6, &[piece(PAGE, SECTOR)]), OK);
    assert_eq!(image.read(6, SECTOR), bytes(0, 5));
}

#[test]
fn a_running_device_takes_more_memory_and_gives_it_back() {
    let image = Image::new();
    let Some(daemon) = Daemon::start(&image) else { return };
    let (first, more) = (memory(PAGE, Strategy::PosixUnlinked), memory(2 * PAGE, Strategy::PosixUnlinked));
    let mut disk = Disk::connect(&image, guest_of(&first), Places::from(0));
    let region = Part { memory: &more, offset: PAGE, len: PAGE, base: 1 << 32 }.region();
    let info = VhostUserMemoryRegionInfo::from_guest_region(&region).unwrap();
    disk.frontend.add_mem_region(&info).unwrap();
    assert_eq!(daemon.mappings_of(more.as_fd()), 1);
    assert_eq!(disk.read(50, &[piece(1 << 32, SECTOR)]), OK);
    assert_eq!(contents(&more, PAGE, SECTOR), image.read(50, SECTOR));

    disk.frontend.remove_mem_region(&info).unwrap();
    assert_eq!(daemon.mappings_of(more.as_fd()), 0);
    assert_eq!(disk.read(51, &[piece(PAGE - SECTOR as u64, SECTOR)]), OK);
    assert_eq!(contents(&first, PAGE - SECTOR as u64, SECTOR), image.read(51, SECTOR));
}

#[test]
fn a_descriptor_that_only_reads_is_of_no_use_to_a_device() {
    let image = Image::new();
    let Some(daemon) = Daemon::start(&image) else { return };
    let memory = Builder::new(2 * PAGE).final_mode(FinalMode::OwnerRead).create().unwrap();
    let only_reads = File::open(format!("/proc/self/fd/{}", memory.as_fd().as_raw_fd())).unwrap();
    let guest = guest_of(&memory);
    let mut info = VhostUserMemoryRegionInfo::from_guest_region(guest.iter().next().unwrap()).unwrap();
    info.mmap_handle = only_reads.as_raw_fd();

    // The device answers the table, tells its log that it cannot map it, and hangs up.
    let frontend = negotiate(&image);
    let _ = frontend.set_mem_table(&[info]);
    frontend.get_features().unwrap_err();
    let log = read_to_string(image.log()).unwrap();
    assert!(log.contains("Permission denied"), "{log}");
    assert_eq!(daemon.mappings_of(&memory), 0);

    let mut disk = Disk::connect(&image, guest, Places::from(0));
    assert_eq!(disk.read(1, &[piece(PAGE, SECTOR)]), OK);
}
