//! Cuts a stream of bytes into lines.

/// Bytes that have arrived, and how far they have been read.
#[derive(Debug, Default)]
pub struct Lines {
    bytes: Vec<u8>,
    /// Where the next line begins.
    read: usize,
    /// Where the search for its end goes on, so that no byte is searched twice.
    searched: usize,
}

impl Lines {
    /// The longest line that is put up with, in bytes.
    pub const MAX_BYTES: usize = 16 << 20;

    /// Takes in bytes.
    pub fn push(&mut self, bytes: &[u8]) {
        if self.read == self.bytes.len() {
            self.clear();
        } else if self.read >= 64 << 10 && self.read * 2 >= self.bytes.len() {
            // What has been read is given up once it is most of what is there.
            self.bytes.drain(..self.read);
            self.searched -= self.read;
            self.read = 0;
        }
        self.bytes.extend_from_slice(bytes);
    }

    /// The next whole line, without its end.
    pub fn next_line(&mut self) -> Option<&[u8]> {
        let Some(len) = self.bytes.get(self.searched..)?.iter().position(|&byte| byte == b'\n') else {
            self.searched = self.bytes.len();
            return None;
        };
        let (start, end) = (self.read, self.searched + len);
        self.read = end + 1;
        self.searched = self.read;
        Some(&self.bytes[start..end])
    }

    /// Forgets everything.
    pub fn clear(&mut self) {
        self.bytes.clear();
        self.read = 0;
        self.searched = 0;
    }

    /// What has arrived and was not read.
    pub fn unread(&self) -> &[u8] {
        self.bytes.get(self.read..).unwrap_or_default()
    }

    /// Bytes that belong to no whole line yet.
    pub fn pending(&self) -> usize {
        self.bytes.len() - self.read
    }
}
