//! Types whose JSON form is their text form, and schemas that are written down rather than derived.

/// Gives a type the JSON schema that is written behind its name.
macro_rules! schema_as_written {
    ($name:ident, $schema:tt) => {
        #[cfg(feature = "schemas")]
        impl schemars::JsonSchema for $name {
            fn schema_name() -> std::borrow::Cow<'static, str> {
                stringify!($name).into()
            }

            fn json_schema(_: &mut schemars::SchemaGenerator) -> schemars::Schema {
                schemars::json_schema!($schema)
            }
        }
    };
}

/// Serialises a type by its `Display` and reads it back by its `FromStr`; in JSON schemas it is a string, with the
/// keywords given behind it.
macro_rules! serde_as_text {
    ($name:ident $(, $($keyword:tt)+)?) => {
        $crate::text::schema_as_written!($name, { "type": "string" $(, $($keyword)+)? });

        impl serde::Serialize for $name {
            fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                serializer.collect_str(self)
            }
        }

        impl<'de> serde::Deserialize<'de> for $name {
            fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<$name, D::Error> {
                let text = std::borrow::Cow::<str>::deserialize(deserializer)?;
                text.parse().map_err(serde::de::Error::custom)
            }
        }
    };
}

pub(crate) use {schema_as_written, serde_as_text};
