//! Choices as the files of profiles write them: words, or an error number.

macro_rules! texts {
    ($($type:ident { $($variant:ident = $word:literal),+ $(; $errno:ident)? })+) => {$(
        impl fmt::Display for $type {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                match self {
                    $($type::$variant => f.pad($word),)+
                    $($type::$errno(errno) => errno.fmt(f),)?
                }
            }
        }

        impl FromStr for $type {
            type Err = String;

            fn from_str(text: &str) -> Result<$type, String> {
                match text {
                    $($word => Ok($type::$variant),)+
                    $(_ if text.starts_with('E') => {
                        text.parse().map($type::$errno).map_err(|error: NotAnErrno| error.to_string())
                    })?
                    _ => {
                        let words: &[&str] = &[$($word,)+ $(stringify!($errno))?];
                        Err(format!("found `{text}`, expected one of {}", words.join(", ")))
                    }
                }
            }
        }
    )+};
}
