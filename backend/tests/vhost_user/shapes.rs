//! Guest memory of every shape: several objects, parts of them, odd sizes, and requests that run across.

use std::cell::RefCell;

use proptest::prelude::*;
use proptest::test_runner::{Config, TestRunner};
use rstest::rstest;
use shmfd::Strategy;
use vm_memory::GuestAddress;

use crate::OK;
use crate::daemon::Daemon;
use crate::disk::{Disk, Places};
use crate::guest::{PAGE, Part, contents, guest, guest_of, memory, piece};
use crate::image::{Image, SECTOR, SECTORS, bytes};

const HIGH: u64 = 1 << 32;
const HIGHER: u64 = 1 << 40;

#[test]
fn a_request_is_scattered_over_parts_of_several_objects() {
    let image = Image::new();
    let Some(_daemon) = Daemon::start(&image) else { return };
    let own = memory(2 * PAGE, Strategy::PosixUnlinked);
    let data = memory(4 * PAGE, Strategy::TmpFile);
    let more = memory(PAGE, Strategy::Memfd);
    let parts = [
        Part { memory: &own, offset: PAGE, len: PAGE, base: 0 },
        Part { memory: &data, offset: 2 * PAGE, len: PAGE, base: HIGH },
        Part { memory: &more, offset: 0, len: PAGE, base: HIGH + PAGE },
        Part { memory: &data, offset: PAGE, len: PAGE, base: HIGHER },
    ];
    let mut disk = Disk::connect(&image, guest(&parts), Places::from(0));
    let pieces = [piece(HIGHER + 100, 500), piece(HIGH + PAGE - 1000, 1000), piece(HIGH + PAGE, 20), piece(0x1000, 16)];
    assert_eq!(disk.read(40, &pieces), OK);

    let sectors = image.read(40, 3 * SECTOR);
    assert_eq!(contents(&data, PAGE + 100, 500), sectors[..500]);
    assert_eq!(contents(&data, 3 * PAGE - 1000, 1000), sectors[500..1500]);
    assert_eq!(contents(&more, 0, 20), sectors[1500..1520]);
    assert_eq!(contents(&own, PAGE + 0x1000, 16), sectors[1520..]);
    for (offset, len) in [(0, PAGE + 100), (PAGE + 600, 2 * PAGE - 1600), (3 * PAGE, PAGE)] {
        let zeros = contents(&data, offset, len as usize).iter().all(|&byte| byte == 0);
        assert!(zeros, "the device wrote outside its pieces, in the {len} bytes from {offset}");
    }

    assert_eq!(disk.write(80, &pieces), OK);
    assert_eq!(image.read(80, 3 * SECTOR), sectors);
}

#[rstest]
fn the_last_byte_of_an_odd_size_is_in_the_devices_reach(
    #[values(4097, 65_535, 65_537)] size: u64,
    #[values(Strategy::PosixUnlinked, Strategy::TmpFile, Strategy::Memfd)] strategy: Strategy,
) {
    let image = Image::new();
    let Some(_daemon) = Daemon::start(&image) else { return };
    let (low, high) = (memory(size, strategy), memory(size, strategy));
    let parts = [
        Part { memory: &low, offset: 0, len: size, base: 0 },
        Part { memory: &high, offset: 0, len: size, base: HIGH },
    ];
    let places = Places { status: GuestAddress(size - 1), ..Places::from(0) };
    let mut disk = Disk::connect(&image, guest(&parts), places);
    let end = piece(HIGH + size - SECTOR as u64, SECTOR);
    assert_eq!(disk.read(11, &[end]), OK);
    assert_eq!(contents(&high, size - SECTOR as u64, SECTOR), image.read(11, SECTOR));
    assert_eq!(disk.write(12, &[end]), OK);
    assert_eq!(image.read(12, SECTOR), bytes(0, 11));
    assert_eq!(high.facts().unwrap().kernel_size, size);
}

#[test]
fn requests_of_any_shape_agree_with_a_model_of_the_image() {
    let image = Image::new();
    let Some(_daemon) = Daemon::start(&image) else { return };
    let memory = memory(PAGE + 1, Strategy::Auto);
    let disk = RefCell::new(Disk::connect(&image, guest_of(&memory), Places::from(0)));
    let model = RefCell::new(image.read(0, SECTORS as usize * SECTOR));

    // What is written, if anything; the first sector, how many, where in memory, and where that is cut in two.
    let write = proptest::option::of(any::<u8>());
    let request = (write, 0..SECTORS - 4, 1..=4_usize, 512..=PAGE + 1 - 4 * SECTOR as u64, 1..SECTOR);
    let requests = proptest::collection::vec(request, 1..8);
    let check = |requests| {
        let (mut disk, mut model) = (disk.borrow_mut(), model.borrow_mut());
        for (write, sector, count, at, cut) in requests {
            let len = count * SECTOR;
            let pieces = [piece(at, cut), piece(at + cut as u64, len - cut)];
            let expected = &mut model[sector as usize * SECTOR..][..len];
            if let Some(seed) = write {
                let new: Vec<_> = (sector..).take(count).flat_map(|sector| bytes(seed, sector)).collect();
                memory.map()?.write(at as usize, &new)?;
                expected.copy_from_slice(&new);
                prop_assert_eq!(disk.write(sector, &pieces), OK);
            } else {
                prop_assert_eq!(disk.read(sector, &pieces), OK);
                prop_assert_eq!(&contents(&memory, at, len), expected);
            }
        }
        prop_assert_eq!(&image.read(0, model.len()), &*model);
        Ok(())
    };
    let config = Config { failure_persistence: None, ..Config::with_cases(32) };
    TestRunner::new(config).run(&requests, check).unwrap();
}
