//! Arguments and results, as strace writes them.

/// An argument or a result.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Value {
    /// `4096`, `0x1f`, `0600`, `8192*1024`
    Number(i64),
    /// `O_RDWR|O_CREAT`, `NULL`, and whatever else is none of the others.
    Word(String),
    /// `"/dev/shm/x"`
    Text(String),
    /// `3</dev/shm/x>`, `AT_FDCWD</home>`: a descriptor, with what it stands for.
    Descriptor { number: i64, stands_for: String },
    /// `{st_mode=S_IFREG|0600, st_size=0}`; a member that has no name has an empty one.
    Struct(Members),
    /// `[3, 4]`
    List(Vec<Value>),
}

/// The members of a structure, or the arguments of a call: names, which may be empty, and values.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Members(pub(super) Vec<(String, Value)>);

/// Nested deeper than this, nothing that strace writes is.
const DEEPEST: u32 = 16;

impl Value {
    pub(super) fn number(&self) -> Option<i64> {
        match self {
            Value::Number(number) | Value::Descriptor { number, .. } => Some(*number),
            _ => None,
        }
    }

    pub(super) fn text(&self) -> Option<&str> {
        match self {
            Value::Text(text) => Some(text),
            _ => None,
        }
    }

    /// What a call made of it: of a structure only some members may have changed.
    fn changed_to(self, after: Value) -> Value {
        match (self, after) {
            (Value::Struct(before), Value::Struct(mut after)) => {
                after.0.extend(before.0);
                Value::Struct(after)
            }
            (_, after) => after,
        }
    }

    /// The words of a set of flags; none of `0`, and `?` for bits without a name.
    pub(super) fn words(&self) -> Vec<&str> {
        match self {
            Value::Word(word) => word.split('|').collect(),
            Value::Number(0) => Vec::new(),
            // A word that nothing is called, so that it is not passed over.
            Value::Number(_) => vec!["?"],
            _ => Vec::new(),
        }
    }

    pub(super) fn members(&self) -> Option<&Members> {
        match self {
            Value::Struct(members) => Some(members),
            _ => None,
        }
    }

    pub(super) fn list(&self) -> &[Value] {
        match self {
            Value::List(values) => values,
            _ => &[],
        }
    }

    /// What a descriptor stands for, where the log says it.
    pub(super) fn stands_for(&self) -> Option<&str> {
        match self {
            Value::Descriptor { stands_for, .. } => Some(stands_for),
            _ => None,
        }
    }
}

impl Members {
    pub(super) fn at(&self, index: usize) -> Option<&Value> {
        self.0.get(index).map(|(_, value)| value)
    }

    pub(super) fn get(&self, name: &str) -> Option<&Value> {
        self.0.iter().find(|(known, _)| known == name).map(|(_, value)| value)
    }

    pub(super) fn number(&self, index: usize) -> Option<i64> {
        self.at(index)?.number()
    }

    pub(super) fn text(&self, index: usize) -> Option<&str> {
        self.at(index)?.text()
    }

    pub(super) fn words(&self, index: usize) -> Vec<&str> {
        self.at(index).map(Value::words).unwrap_or_default()
    }
}

/// Reads values from a line.
pub(super) struct Reader<'a> {
    rest: &'a str,
}

impl<'a> Reader<'a> {
    pub(super) fn new(text: &'a str) -> Reader<'a> {
        Reader { rest: text }
    }

    /// What is left of the line.
    pub(super) fn rest(&self) -> &'a str {
        self.rest
    }

    /// The arguments of a call, behind its opening bracket, up to the closing one; nothing where they do not end.
    pub(super) fn arguments(&mut self) -> Option<Members> {
        self.members(')', 0)
    }

    /// One value.
    pub(super) fn value(&mut self) -> Option<Value> {
        self.one(0)
    }

    fn peek(&self) -> Option<char> {
        self.rest.chars().next()
    }

    fn take(&mut self, wanted: char) -> bool {
        let rest = self.rest.strip_prefix(wanted);
        self.rest = rest.unwrap_or(self.rest);
        rest.is_some()
    }

    /// Passes over blanks and comments.
    fn pass(&mut self) {
        loop {
            self.rest = self.rest.trim_start();
            match self.rest.strip_prefix("/*").and_then(|comment| comment.split_once("*/")) {
                Some((_, rest)) => self.rest = rest,
                None => return,
            }
        }
    }

    fn members(&mut self, end: char, depth: u32) -> Option<Members> {
        let mut members = Members::default();
        loop {
            self.pass();
            if self.take(end) {
                return Some(members);
            }
            if self.take(',') {
                continue;
            }
            let is_name = |c: char| c.is_ascii_alphanumeric() || c == '_';
            let len = self.rest.find(|c| !is_name(c)).unwrap_or(self.rest.len());
            let (name, behind) = self.rest.split_at(len);
            let named = behind.strip_prefix('=').filter(|behind| len > 0 && !behind.starts_with('>'));
            self.rest = named.unwrap_or(self.rest);
            let value = self.one(depth)?;
            members.0.push((named.map_or(String::new(), |_| name.to_owned()), value));
        }
    }

    fn one(&mut self, depth: u32) -> Option<Value> {
        if depth > DEEPEST {
            return None;
        }
        self.pass();
        let mut value = match self.peek()? {
            '"' => self.string()?,
            '{' => {
                self.take('{');
                Value::Struct(self.members('}', depth + 1)?)
            }
            '[' => {
                self.take('[');
                self.list(depth)?
            }
            _ => self.token()?,
        };
        self.pass();
        // What a call has changed stands behind what it was: the latter counts.
        if let Some(rest) = self.rest.strip_prefix("=>") {
            self.rest = rest;
            value = value.changed_to(self.one(depth + 1)?);
        }
        Some(value)
    }

    fn list(&mut self, depth: u32) -> Option<Value> {
        let mut values = Vec::new();
        loop {
            self.pass();
            if self.take(']') {
                return Some(Value::List(values));
            }
            if !self.take(',') {
                values.push(self.one(depth + 1)?);
            }
        }
    }

    /// A text in quotes, which dots follow where it is cut short.
    fn string(&mut self) -> Option<Value> {
        self.take('"');
        let mut bytes = Vec::new();
        let mut chars = self.rest.char_indices();
        loop {
            let (at, c) = chars.next()?;
            match c {
                '"' => {
                    self.rest = &self.rest[at + 1..];
                    break;
                }
                '\\' => bytes.push(escaped(&mut chars)?),
                c => bytes.extend(c.encode_utf8(&mut [0; 4]).as_bytes()),
            }
        }
        self.rest = self.rest.strip_prefix("...").unwrap_or(self.rest);
        Some(Value::Text(String::from_utf8_lossy(&bytes).into_owned()))
    }

    /// A word or a number, with what a descriptor stands for.
    fn token(&mut self) -> Option<Value> {
        let mut depth = 0u32;
        let ends = |c: char| match c {
            '(' => {
                depth += 1;
                false
            }
            ')' if depth > 0 => {
                depth -= 1;
                false
            }
            _ => depth == 0 && matches!(c, ',' | ')' | '}' | ']' | ' ' | '<' | '='),
        };
        let mut len = self.rest.find(ends).unwrap_or(self.rest.len());
        if let Some(shift) = self.rest[len..].strip_prefix("<<") {
            len += 2 + shift.find([',', ')', '}', ']', ' ']).unwrap_or(shift.len());
        }
        if len == 0 {
            return None;
        }
        let (word, rest) = self.rest.split_at(len);
        self.rest = rest;
        let number = number(word);
        if let Some(behind) = rest.strip_prefix('<') {
            let (stands_for, rest) = annotation(behind)?;
            self.rest = rest.strip_prefix("(deleted)").unwrap_or(rest);
            return Some(Value::Descriptor { number: number.unwrap_or(-1), stands_for: stands_for.to_owned() });
        }
        Some(number.map_or_else(|| Value::Word(word.to_owned()), Value::Number))
    }
}

/// A character behind a backslash, as in C.
fn escaped(chars: &mut std::str::CharIndices<'_>) -> Option<u8> {
    let (_, c) = chars.next()?;
    let mut digits = |radix: u32, most: usize, first: Option<u32>| {
        let mut value = first.unwrap_or(0);
        for _ in 0..most {
            let mut ahead = chars.clone();
            let Some(digit) = ahead.next().and_then(|(_, c)| c.to_digit(radix)) else { break };
            *chars = ahead;
            value = value * radix + digit;
        }
        u8::try_from(value & 0xff).ok()
    };
    match c {
        'n' => Some(b'\n'),
        't' => Some(b'\t'),
        'r' => Some(b'\r'),
        'v' => Some(0x0b),
        'f' => Some(0x0c),
        'x' => digits(16, 2, None),
        '0'..='7' => digits(8, 2, c.to_digit(8)),
        c => u8::try_from(u32::from(c)).ok(),
    }
}

/// What stands between `<` and `>`; an arrow inside, as between two sockets, does not end it.
pub(super) fn annotation(text: &str) -> Option<(&str, &str)> {
    let ends = text.char_indices().find(|(at, c)| *c == '>' && !text[..*at].ends_with('-'));
    ends.map(|(at, _)| (&text[..at], &text[at + 1..]))
}

/// A number in one of C's notations, or a product of such.
fn number(word: &str) -> Option<i64> {
    let mut factors = word.split('*').map(plain_number);
    let first = factors.next()??;
    factors.try_fold(first, |product, factor| product.checked_mul(factor?))
}

fn plain_number(word: &str) -> Option<i64> {
    let (negative, digits) = word.strip_prefix('-').map_or((false, word), |digits| (true, digits));
    let value = match digits.strip_prefix("0x") {
        Some(digits) => u64::from_str_radix(digits, 16).ok()?.cast_signed(),
        None if digits.len() > 1 && digits.starts_with('0') => i64::from_str_radix(digits, 8).ok()?,
        None => digits.parse::<u64>().ok()?.cast_signed(),
    };
    Some(if negative { value.wrapping_neg() } else { value })
}

#[cfg(test)]
mod tests {
    use super::{Reader, Value};
    use rstest::rstest;

    fn shown(value: &Value) -> String {
        match value {
            Value::Number(number) => number.to_string(),
            Value::Word(word) => word.clone(),
            Value::Text(text) => format!("{text:?}"),
            Value::Descriptor { number, stands_for } => format!("{number} is {stands_for}"),
            Value::Struct(members) => {
                let members = members.0.iter().map(|(name, value)| format!("{name}: {}", shown(value)));
                format!("{{{}}}", members.collect::<Vec<_>>().join(", "))
            }
            Value::List(values) => format!("[{}]", values.iter().map(shown).collect::<Vec<_>>().join(", ")),
        }
    }

    #[rstest]
    #[case::a_number("4096", "4096")]
    #[case::an_octal_number("0600", "384")]
    #[case::a_hexadecimal_number("0x1f", "31")]
    #[case::a_negative_number("-1", "-1")]
    #[case::the_largest_number("18446744073709551615", "-1")]
    #[case::a_product("8192*1024", "8388608")]
    #[case::flags("O_RDWR|O_CREAT", "O_RDWR|O_CREAT")]
    #[case::a_text(r#""/dev/shm/a\40b\n""#, r#""/dev/shm/a b\n""#)]
    #[case::a_text_that_is_cut_short(r#""abc"..."#, r#""abc""#)]
    #[case::a_descriptor("3</dev/shm/x>", "3 is /dev/shm/x")]
    #[case::a_descriptor_of_what_is_removed("3</dev/shm/x>(deleted)", "3 is /dev/shm/x")]
    #[case::a_socket(r#"3<UNIX-STREAM:[12->34, "/run/s"]>"#, r#"3 is UNIX-STREAM:[12->34, "/run/s"]"#)]
    #[case::a_structure(
        "{st_dev=makedev(0x0, 0x17), st_mode=S_IFREG|0600}",
        "{st_dev: makedev(0x0, 0x17), st_mode: S_IFREG|0600}"
    )]
    #[case::a_list("[3</a>, 4]", "[3 is /a, 4]")]
    #[case::what_a_call_changed("[1] => [2]", "[2]")]
    #[case::a_structure_of_which_a_call_changed_a_part("{a=1, b=3} => {a=2}", "{a: 2, a: 1, b: 3}")]
    #[case::a_shifted_number("MFD_HUGETLB|63<<MFD_HUGE_SHIFT", "MFD_HUGETLB|63<<MFD_HUGE_SHIFT")]
    #[case::a_comment("5 /* five */", "5")]
    fn a_value_is_read_as_strace_writes_it(#[case] text: &str, #[case] expected: &str) {
        assert_eq!(Reader::new(text).value().as_ref().map(shown).as_deref(), Some(expected));
    }
}
