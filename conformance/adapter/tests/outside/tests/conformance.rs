//! The suite, on the store as it should be.

#![forbid(unsafe_code)]

use outside::Files;

shmconf::conformance!(Files::temporary());
