//! The limits of names as a C header.

use shmconf_model::names;
use shmconf_model::profile::{Profile, ProfileError};

/// The header. Lengths are bytes, the slash in front counted and the NUL at the end not.
pub(super) fn text() -> Result<String, ProfileError> {
    let most = names::portable_bytes()?;
    let mut text = format!(
        "/* How many bytes the name of a shared memory object may have: the slash in front is counted, the\n \
         * NUL at the end is not. Written by shmconf {}, from the rules of each platform. */\n\
         #ifndef SHM_NAME_LIMITS_H\n#define SHM_NAME_LIMITS_H\n\n",
        env!("CARGO_PKG_VERSION")
    );
    for id in Profile::platforms() {
        let profile = Profile::get(id)?;
        let word = id.replace('-', "_").to_uppercase();
        text.push_str(&match names::most_bytes(&profile) {
            _ if !names::has_names(&profile) => format!("/* {id} has no objects with names. */\n"),
            Some(bytes) => format!("#define SHM_NAME_MAX_{word} {bytes}\n"),
            None if names::there(&profile, "/a").is_known => format!("/* {id} has no limit. */\n"),
            None => format!("/* The limit of {id} is not known. */\n"),
        });
    }
    text.push_str(&format!(
        "\n/* On every platform whose limit is known, in every release. */\n#define SHM_NAME_MAX {most}\n\n\
         /* SHM_NAME_CHECK(\"/mine\"); ends compilation where the literal is longer than that. */\n\
         #ifdef __cplusplus\n\
         #define SHM_NAME_CHECK(literal) \\\n    \
         static_assert(sizeof(\"\" literal) - 1 <= SHM_NAME_MAX, \"the name has more than {most} bytes\")\n\
         #else\n\
         #define SHM_NAME_CHECK(literal) \\\n    \
         _Static_assert(sizeof(\"\" literal) - 1 <= SHM_NAME_MAX, \"the name has more than {most} bytes\")\n\
         #endif\n\n#endif\n"
    ));
    Ok(text)
}
