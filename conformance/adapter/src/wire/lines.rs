//! Cuts a stream of bytes into lines.

/// Bytes that have arrived, and how far they have been read.
#[derive(Debug, Default)]
pub struct Lines {
    bytes: Vec<u8>,
    read: usize,
}

impl Lines {
    /// The longest line that is put up with, in bytes.
    pub const MAX_BYTES: usize = 64 << 20;

    /// Takes in bytes.
    pub fn push(&mut self, bytes: &[u8]) {
        if self.read == self.bytes.len() {
            self.clear();
        }
        self.bytes.extend_from_slice(bytes);
    }

    /// The next whole line, without its end.
    pub fn next_line(&mut self) -> Option<&[u8]> {
        let rest = self.bytes.get(self.read..)?;
        let len = rest.iter().position(|&byte| byte == b'\n')?;
        let start = self.read;
        self.read += len + 1;
        Some(&self.bytes[start..start + len])
    }

    /// Forgets everything.
    pub fn clear(&mut self) {
        self.bytes.clear();
        self.read = 0;
    }

    /// Bytes that belong to no whole line yet.
    pub fn pending(&self) -> usize {
        self.bytes.len() - self.read
    }
}
