//! Numbers that C gives names to and that differ between systems.

/// An enumeration of C names, with `Other` for a number that has none here.
macro_rules! c_names {
    ($(#[$doc:meta])* $type:ident, $error:ident, $what:literal, $unknown:literal: $($name:ident)+) => {
        $(#[$doc])*
        #[expect(missing_docs, reason = "the C names are the standard's terms")]
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
        pub enum $type {
            $($name,)+
            /// One without a name here, by its number on the system of the trace.
            Other(i32),
        }

        impl $type {
            /// Each one that has a name here.
            pub const ALL: &[$type] = &[$($type::$name),+];

            /// Their names, in the same order.
            pub const NAMES: &[&str] = &[$(stringify!($name)),+];
        }

        impl std::fmt::Display for $type {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                match self {
                    $($type::$name => f.pad(stringify!($name)),)+
                    $type::Other(number) => write!(f, concat!($unknown, "{}"), number),
                }
            }
        }

        impl std::str::FromStr for $type {
            type Err = $error;

            fn from_str(text: &str) -> Result<$type, $error> {
                match text {
                    $(stringify!($name) => Ok($type::$name),)+
                    _ => text.strip_prefix($unknown).and_then(|number| number.parse().ok()).map($type::Other).ok_or($error),
                }
            }
        }

        #[doc = concat!("A text that names no ", $what, ".")]
        #[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
        #[error("not a name of C for {}, nor `{}` and a number", $what, $unknown)]
        pub struct $error;

        crate::text::serde_as_text!($type, "pattern": format!(
            "^({}|{}-?[0-9]+)$",
            [$(stringify!($name)),+].join("|"),
            $unknown,
        ));
    };
}

pub(super) use c_names;
