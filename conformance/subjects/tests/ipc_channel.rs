//! The suite, on the crate `ipc-channel`.

use subjects::IpcChannel;

shmconf::conformance! {
    subject: IpcChannel,
    profile: shmconf::conformance::this_platform(),
    known: &[
        ("anonymous/beyond-the-limit", "where the size is refused IpcSharedMemory panics"),
        ("anonymous/no-free-descriptor", "where no descriptor is free IpcSharedMemory panics"),
    ],
    scripts: 0,
}
