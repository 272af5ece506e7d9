//! How long things take next to the same things done otherwise: `cargo bench -p shmfd`.
//!
//! Contenders take turns within one run, a batch each, in an order that rotates. Machines drift by more than
//! what is looked for here, and what is drift to all of them cancels out in a ratio.
//!
//! An argument picks the tables whose name holds it: `cargo bench -p shmfd -- create`.

#[cfg(target_os = "linux")]
mod bare;
#[cfg(target_os = "linux")]
mod copy;
#[cfg(target_os = "linux")]
mod create;
#[cfg(target_os = "linux")]
mod passing;
#[cfg(target_os = "linux")]
mod populate;
#[cfg(target_os = "linux")]
mod table;

#[cfg(target_os = "linux")]
fn main() {
    let wanted: Vec<_> = std::env::args().skip(1).filter(|arg| !arg.starts_with('-')).collect();
    let tables =
        [("create", create::run as fn()), ("passing", passing::run), ("populate", populate::run), ("copy", copy::run)];
    for (name, run) in tables {
        if wanted.is_empty() || wanted.iter().any(|wanted| name.contains(wanted.as_str())) {
            run();
        }
    }
}

#[cfg(not(target_os = "linux"))]
fn main() {
    eprintln!("skipped: what is compared here is Linux's");
}
