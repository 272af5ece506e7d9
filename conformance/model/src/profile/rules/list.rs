//! From the list of rules to the type [`Rules`](super::Rules).

macro_rules! rules {
    ($($(#[doc = $doc:literal])+ $key:ident: $type:ty,)+) => {
        /// What a platform does in each matter.
        #[derive(Debug, Clone)]
        pub struct Rules {
            $($(#[doc = $doc])+ pub $key: Rule<$type>,)+
        }

        impl Rules {
            /// The keys of all rules.
            pub const KEYS: &[&str] = &[$(stringify!($key)),+];

            pub(super) fn read(reader: &Reader<'_>) -> Result<Rules, ProfileError> {
                let mut problem = None;
                // Without a way out at each rule, which would have to drop all that was read before it: the compiler took
                // long over those.
                let rules = Rules { $($key: reader.rule::<$type>(stringify!($key), &mut problem),)+ };
                problem.map_or(Ok(rules), Err)
            }

            /// The rules one by one.
            pub fn list(&self) -> Vec<RuleInfo> {
                vec![$(self.$key.info(stringify!($key), concat!($($doc),+).trim_ascii())),+]
            }
        }
    };
}
