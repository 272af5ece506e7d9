//! Copying bytes into memory and out of it, next to `ptr::copy`, which is only for memory that nobody else uses.

use std::cell::RefCell;

use shmfd::{Builder, Mapping};

use crate::table::{Contender, compare};

pub(crate) fn run() {
    for (title, len, batch) in
        [("64 MiB", 64 << 20, 1), ("64 KiB, in the cache", 64 << 10, 500), ("20 bytes", 20, 20_000)]
    {
        let mapping = Builder::new(len as u64 + 64).create().unwrap().map().unwrap();
        let ours = RefCell::new(vec![1; len]);
        let (into, out) = ("ptr::copy, in", "ptr::copy, out");
        let contenders = vec![
            Contender::new(into, into, || copy_in(&ours.borrow(), &mapping)),
            Contender::new("Mapping::write", into, || mapping.write(0, &ours.borrow()).unwrap()),
            Contender::new("Mapping::write, at an odd offset", into, || mapping.write(3, &ours.borrow()).unwrap()),
            Contender::new(out, out, || copy_out(&mapping, &mut ours.borrow_mut())),
            Contender::new("Mapping::read", out, || mapping.read(0, &mut ours.borrow_mut()).unwrap()),
            Contender::new("Mapping::read, at an odd offset", out, || mapping.read(3, &mut ours.borrow_mut()).unwrap()),
        ];
        compare(&format!("copy {title}"), 60, batch, contenders);
    }
}

fn copy_in(from: &[u8], mapping: &Mapping) {
    // SAFETY: the mapping is longer, and nothing else uses it meanwhile.
    unsafe { mapping.as_ptr().copy_from(from.as_ptr(), from.len()) };
    std::hint::black_box(mapping.as_ptr());
}

fn copy_out(mapping: &Mapping, into: &mut [u8]) {
    // SAFETY: the mapping is longer, and nothing else uses it meanwhile.
    unsafe { into.as_mut_ptr().copy_from(mapping.as_ptr(), into.len()) };
    std::hint::black_box(into.as_mut_ptr());
}
