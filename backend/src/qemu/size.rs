//! Sizes as QEMU reads them: `4096`, `0x1000`, `64M`, `1.5G`, and what C's functions take beside.

/// The size in bytes, where the text is one and it is below 2⁶³.
pub(super) fn read(text: &str) -> Option<u64> {
    let text = unsigned(text);
    let bytes = match hexadecimal(text) {
        Some(digits) => u128::from_str_radix(digits?, 16).ok()?,
        None => decimal(text)?,
    };
    i64::try_from(bytes).ok().map(i64::cast_unsigned)
}

/// The text without what C's functions pass over before a number.
pub(super) fn unsigned(text: &str) -> &str {
    let text = text.trim_start_matches([' ', '\t', '\n', '\x0b', '\x0c', '\r']);
    text.strip_prefix('+').unwrap_or(text)
}

/// What stands behind `0x`, where that is there; nothing in it where those are no digits.
pub(super) fn hexadecimal(text: &str) -> Option<Option<&str>> {
    let digits = text.strip_prefix("0x").or_else(|| text.strip_prefix("0X"))?;
    Some(Some(digits).filter(|digits| digits.bytes().all(|digit| digit.is_ascii_hexdigit())))
}

fn decimal(text: &str) -> Option<u128> {
    let unit = text.find(|c: char| c.is_ascii_alphabetic()).unwrap_or(text.len());
    let (number, suffix) = text.split_at(unit);
    let shift = match suffix {
        "" | "b" | "B" => 0,
        "k" | "K" => 10,
        "m" | "M" => 20,
        "g" | "G" => 30,
        "t" | "T" => 40,
        "p" | "P" => 50,
        "e" | "E" => 60,
        _ => return None,
    };
    // A point may have nothing on one of its sides.
    let (whole, fraction) = match number.split_once('.') {
        Some(("", "")) => return None,
        Some(("", fraction)) => ("0", fraction),
        Some((whole, "")) => (whole, "0"),
        Some(both) => both,
        None => (number, "0"),
    };
    let (bytes, part) = (digits(whole)? << shift, digits(fraction)? << shift);
    // A fraction of a byte is a mistake.
    let has_fraction = fraction.bytes().any(|digit| digit != b'0');
    if has_fraction && shift == 0 {
        return None;
    }
    // To the nearest byte.
    let scale = 10_u128.pow(fraction.len() as u32);
    Some(bytes + (part + scale / 2) / scale)
}

/// At most 19 digits, so that no product overflows.
fn digits(text: &str) -> Option<u128> {
    let all = text.bytes().all(|byte| byte.is_ascii_digit());
    if all && text.len() <= 19 { text.parse().ok() } else { None }
}

#[cfg(test)]
mod tests {
    use super::read;
    use rstest::rstest;

    #[rstest]
    #[case("0", 0)]
    #[case("4097", 4097)]
    #[case("0x1001", 4097)]
    #[case("1b", 1)]
    #[case("8k", 8192)]
    #[case("64M", 64 << 20)]
    #[case("1.5G", 3 << 29)]
    #[case("0.001K", 1)]
    #[case("0.03k", 31)]
    #[case("1.G", 1 << 30)]
    #[case(".5K", 512)]
    #[case(" +0X10", 16)]
    #[case("+1", 1)]
    #[case("7E", 7 << 60)]
    #[case("9223372036854775807", i64::MAX as u64)]
    fn a_size_is_read(#[case] text: &str, #[case] bytes: u64) {
        assert_eq!(read(text), Some(bytes));
    }

    #[rstest]
    fn what_is_no_size_is_refused(
        #[values(
            "", "M", "-1", "+ 1", ".", ".M", "1 ", "1.5", "1.5b", "1X", "1MB", "0x", "0x1M", "0x+1", "8E", "1..5G"
        )]
        text: &str,
    ) {
        assert_eq!(read(text), None);
    }
}
