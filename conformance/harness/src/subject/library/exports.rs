//! The C functions that a shared library may export to be tested, each by its name and its type.

use libloading::os::unix::{Library, RTLD_LOCAL, RTLD_NOW};
use std::ffi::{CStr, OsStr, c_char, c_int, c_uint, c_void};
use std::os::unix::ffi::OsStrExt;
use std::os::unix::fs::MetadataExt;
use std::path::Path;

macro_rules! exports {
    ($($name:ident: fn($($argument:ty),* $(; $rest:tt)?) -> $result:ty;)+) => {
        /// What a library exports of the calls. It stays loaded.
        #[derive(Debug, Clone, Copy, Default)]
        pub(super) struct Exports {
            $(pub(super) $name: Option<unsafe extern "C" fn($($argument),* $(, $rest)?) -> $result>,)+
        }

        impl Exports {
            fn of(library: &Library, file: &Path) -> Exports {
                Exports {
                    // SAFETY: a function of that name has the type that C gives it, as conformance/adapter/c/library.h asks.
                    $($name: unsafe { function(library, file, concat!(stringify!($name), "\0")) },)+
                }
            }
        }
    };
}

exports! {
    shm_open: fn(*const c_char, c_int; ...) -> c_int;
    shm_unlink: fn(*const c_char) -> c_int;
    memfd_create: fn(*const c_char, c_uint) -> c_int;
    ftruncate: fn(c_int, i64) -> c_int;
    posix_fallocate: fn(c_int, i64, i64) -> c_int;
    fstat: fn(c_int, *mut c_void) -> c_int;
    fchmod: fn(c_int, libc::mode_t) -> c_int;
    fchown: fn(c_int, libc::uid_t, libc::gid_t) -> c_int;
    read: fn(c_int, *mut c_void, usize) -> isize;
    write: fn(c_int, *const c_void, usize) -> isize;
    pread: fn(c_int, *mut c_void, usize, i64) -> isize;
    pwrite: fn(c_int, *const c_void, usize, i64) -> isize;
    lseek: fn(c_int, i64, c_int) -> i64;
    dup: fn(c_int) -> c_int;
    dup2: fn(c_int, c_int) -> c_int;
    close: fn(c_int) -> c_int;
    flock: fn(c_int, c_int) -> c_int;
    fcntl: fn(c_int, c_int; ...) -> c_int;
    mmap: fn(*mut c_void, usize, c_int, c_int, c_int, i64) -> *mut c_void;
    munmap: fn(*mut c_void, usize) -> c_int;
}

/// Loads the library of that path, for as long as the process lives; answers what it exports, or why that is not enough.
pub(super) fn load(path: &str) -> Result<Exports, String> {
    // The loader takes a name without a slash for that of a library of the system's.
    let path = if Path::new(path).is_file() {
        std::path::absolute(path).map_err(|error| error.to_string())?
    } else {
        path.into()
    };
    // SAFETY: whoever names the library wants its code to run.
    let library = unsafe { Library::open(Some(&path), RTLD_NOW | RTLD_LOCAL) };
    let library = library.map_err(|error| reason(&error))?;
    if has_own_errno(&library, &path) {
        return Err("it has an errno of its own, as a whole C library has; link its shm_open with that of this system"
            .to_owned());
    }
    let exports = Exports::of(&library, &path);
    // The functions are called until the process ends.
    std::mem::forget(library);
    match (exports.shm_open, exports.shm_unlink, exports.memfd_create) {
        (None, None, None) => Err("it exports neither shm_open and shm_unlink nor memfd_create".to_owned()),
        (Some(_), None, _) => Err("it exports shm_open and not shm_unlink, so that its names would stay".to_owned()),
        (None, Some(_), _) => Err("it exports shm_unlink and not shm_open".to_owned()),
        _ => Ok(exports),
    }
}

/// Does the library keep its errors elsewhere than this program looks for them?
fn has_own_errno(library: &Library, file: &Path) -> bool {
    type Location = unsafe extern "C" fn() -> *mut c_int;
    let this = Library::this();
    ["__errno_location\0", "__errno\0", "__error\0", "___errno\0"].iter().any(|name| {
        // SAFETY: every C library that has one of these functions gives it this type.
        let its: Option<Location> = unsafe { function(library, file, name) };
        // SAFETY: as above.
        let ours = unsafe { this.get::<Location>(name.as_bytes()) }.ok().map(|symbol| *symbol as usize);
        its.is_some_and(|its| ours != Some(its as usize))
    })
}

/// A function that the library itself exports.
///
/// # Safety
///
/// `T` is the type of the function.
unsafe fn function<T: Copy>(library: &Library, file: &Path, name: &str) -> Option<T> {
    // SAFETY: the caller's promise.
    let symbol = unsafe { library.get::<T>(name.as_bytes()) }.ok()?;
    let function = *symbol;
    lies_in(symbol.as_raw_ptr(), file).then_some(function)
}

/// Is the function one of that file's? The loader also finds those of the libraries that it needs, such as the system's.
fn lies_in(function: *mut c_void, file: &Path) -> bool {
    // SAFETY: pointers alone, which may be null.
    let mut found: libc::Dl_info = unsafe { std::mem::zeroed() };
    // SAFETY: what is found is written to one `Dl_info`.
    if unsafe { libc::dladdr(function, &raw mut found) } == 0 || found.dli_fname.is_null() {
        return false;
    }
    // SAFETY: the loader has given a path, which stays as long as the library does.
    let found = Path::new(OsStr::from_bytes(unsafe { CStr::from_ptr(found.dli_fname) }.to_bytes()));
    let identity = |path: &Path| path.metadata().map(|file| (file.dev(), file.ino()));
    match identity(file) {
        Ok(file) => identity(found).is_ok_and(|found| found == file),
        // One of the system's, which the loader has looked for.
        Err(_) => found.file_name() == file.file_name(),
    }
}

/// What the loader says, without the words of the crate around it.
fn reason(error: &libloading::Error) -> String {
    std::error::Error::source(error).map_or_else(|| error.to_string(), ToString::to_string)
}
