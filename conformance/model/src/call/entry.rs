//! What an entry of the table of calls says about a call, and the macro that reads the table.

use super::requirement::Requirement;

/// A call as the table has it.
#[derive(Debug, Clone, Copy)]
pub struct Entry {
    /// The heading under which documents show it.
    pub group: &'static str,
    /// The function, as a script writes it.
    pub name: &'static str,
    /// The word behind the first argument that tells it from others of the same function, such as `GETFD`.
    pub command: Option<&'static str>,
    /// What it does.
    pub about: &'static str,
    /// What a label in front of it stands for.
    pub binds: Binds,
    /// What comes back on success.
    pub answers: &'static str,
    /// What it asks of the subject and its host.
    pub requirements: &'static [Requirement],
    /// Its arguments.
    pub parameters: &'static [Parameter],
}

/// An argument as the table has it.
#[derive(Debug, Clone, Copy)]
pub struct Parameter {
    /// How documents call it.
    pub name: &'static str,
    /// What it is called in JSON.
    pub member: &'static str,
    /// Can it be left out?
    pub optional: bool,
    /// The words that it takes, if it takes words.
    pub words: &'static [&'static str],
    /// What C puts before those words, such as `O_`, and scripts leave out.
    pub prefixes: &'static [&'static str],
}

/// What a label in front of a call stands for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Binds {
    /// There can be no label.
    Nothing,
    /// A descriptor.
    Descriptor,
    /// A mapping.
    Mapping,
    /// Two descriptors.
    Pair,
    /// As many descriptors as there are labels.
    Descriptors,
}

impl Binds {
    /// How many labels there can be.
    pub fn most_labels(self) -> usize {
        match self {
            Binds::Nothing => 0,
            Binds::Descriptor | Binds::Mapping => 1,
            Binds::Pair => 2,
            Binds::Descriptors => usize::MAX,
        }
    }
}

impl Entry {
    /// What the call is called in JSON.
    pub fn wire_name(&self) -> String {
        self.command.map_or(self.name.to_owned(), |command| format!("{}_{}", self.name, command.to_ascii_lowercase()))
    }

    /// How a script writes the call, such as `load(map, offset[, len])`.
    pub fn signature(&self) -> String {
        let mut text = format!("{}(", self.name);
        for (at, parameter) in self.parameters.iter().enumerate() {
            let comma = if at == 0 { "" } else { ", " };
            match parameter.optional {
                true => text += &format!("[{comma}{}]", parameter.name),
                false => text += &format!("{comma}{}", parameter.name),
            }
            if let (0, Some(command)) = (at, self.command) {
                text += &format!(", {command}");
            }
        }
        text + ")"
    }
}

/// From the table to the type [`Call`](super::Call) and to what is done with every call alike.
///
/// An entry is: what the call does, the variant, the function with its command, the arguments as `member: type as kind`,
/// what a label stands for, what comes back, what it asks for. A kind says how an argument is read, written and shown;
/// the kinds are in the module `argument`.
macro_rules! calls {
    ($($group:literal: $(
        $(#[doc = $doc:literal])+
        $variant:ident = $name:literal $($command:literal)? $({ $(
            $(#[serde($($serde:tt)+)])? $member:ident: $type:ty as $kind:ident
        ),+ $(,)? })? -> $binds:ident $answers:literal $($requirement:ident)*;
    )+)+) => {
        /// One call. Offsets, lengths and sizes are bytes; modes are permission bits.
        ///
        /// The JSON form has the C name of the function under `"call"` and the arguments beside it.
        #[expect(missing_docs, reason = "the fields are the arguments of the call that the variant describes")]
        #[derive(Debug, Clone, PartialEq, Eq, Serialize)]
        #[cfg_attr(feature = "schemas", derive(schemars::JsonSchema))]
        #[serde(tag = "call", rename_all = "snake_case", deny_unknown_fields)]
        pub enum Call {
            $($(
                $(#[doc = $doc])+
                $variant $({ $($(#[serde($($serde)+)])? $member: $type),+ })?,
            )+)+
        }

        /// A call without its arguments.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
        #[serde(rename_all = "snake_case")]
        pub(crate) enum Function {
            $($($variant,)+)+
        }

        impl Function {
            pub(super) const ALL: &[Function] = &[$($(Function::$variant),+),+];
        }

        impl Call {
            /// Every call that there is.
            pub const ENTRIES: &'static [Entry] = &[$($(Entry {
                group: $group,
                name: $name,
                command: calls!(@optional $($command)?),
                about: concat!($($doc),+),
                binds: Binds::$binds,
                answers: $answers,
                requirements: &[$(Requirement::$requirement),*],
                parameters: &[$($(Parameter {
                    name: if <$kind as Argument<$type>>::SHOWN.is_empty() {
                        stringify!($member)
                    } else {
                        <$kind as Argument<$type>>::SHOWN
                    },
                    member: stringify!($member),
                    optional: <$kind as Argument<$type>>::OPTIONAL,
                    words: <$kind as Argument<$type>>::WORDS,
                    prefixes: <$kind as Argument<$type>>::PREFIXES,
                }),+)?],
            }),+),+];

            pub(crate) fn function(&self) -> Function {
                match self {
                    $($(Call::$variant { .. } => Function::$variant,)+)+
                }
            }

            /// Reads the arguments of a function.
            pub(crate) fn read<S: Source>(function: Function, source: &mut S) -> Result<Call, S::Error> {
                Ok(match function {
                    $($(Function::$variant => Call::$variant $({
                        $($member: <$kind as Argument<$type>>::read(source)?),+
                    })?,)+)+
                })
            }

            /// Takes the arguments of a function out of the members of an object.
            pub(super) fn of_members(function: Function, members: &mut Members) -> serde_json::Result<Call> {
                Ok(match function {
                    $($(Function::$variant => Call::$variant $({
                        $($member: calls!(@member members $member $($($serde)+)?)),+
                    })?,)+)+
                })
            }

            /// Writes the arguments.
            pub(super) fn write(&self, to: &mut Written<'_, '_>) -> fmt::Result {
                match self {
                    $($(Call::$variant $({ $($member),+ })? => {
                        $($(<$kind as Argument<$type>>::write($member, to)?;)+)?
                    })+)+
                }
                Ok(())
            }

            /// Shows every label, amount and name among the arguments.
            pub(super) fn parts<'a>(&'a self, see: &mut impl FnMut(Part<&'a Label, &'a Amount, &'a Name>)) {
                match self {
                    $($(Call::$variant $({ $($member),+ })? => {
                        $($(<$kind as Argument<$type>>::parts($member, see);)+)?
                    })+)+
                }
            }

            /// The same, to be changed.
            pub(super) fn parts_mut<'a>(
                &'a mut self,
                see: &mut impl FnMut(Part<&'a mut Label, &'a mut Amount, &'a mut Name>),
            ) {
                match self {
                    $($(Call::$variant $({ $($member),+ })? => {
                        $($(<$kind as Argument<$type>>::parts_mut($member, see);)+)?
                    })+)+
                }
            }

            /// Is every argument one that a script can have?
            ///
            /// # Errors
            ///
            /// [`OutOfRange`] names the first that is none.
            pub fn checked(&self) -> Result<(), OutOfRange> {
                match self {
                    $($(Call::$variant $({ $($member),+ })? => {
                        $($(<$kind as Argument<$type>>::check($member)?;)+)?
                    })+)+
                }
                Ok(())
            }
        }
    };
    (@member $members:ident $member:ident) => { $members.take(stringify!($member))? };
    (@member $members:ident $member:ident default $($rest:tt)*) => { $members.take_or_default(stringify!($member))? };
    (@optional) => { None };
    (@optional $command:literal) => { Some($command) };
}

pub(super) use calls;
