//! A fingerprint of everything that happened, to tell whether two runs are the same.

use std::fmt::{self, Debug, Write};

/// FNV-1a over the text of all that was noted.
#[derive(Debug, Clone, Copy)]
pub struct Trace(u64);

impl Default for Trace {
    fn default() -> Self {
        Self(0xcbf2_9ce4_8422_2325)
    }
}

impl Trace {
    /// Notes something that happened.
    pub fn note(&mut self, what: &impl Debug) {
        // Writing into a hash cannot fail.
        let _ = write!(self, "{what:?};");
    }

    /// The fingerprint.
    pub fn hash(self) -> u64 {
        self.0
    }
}

impl Write for Trace {
    fn write_str(&mut self, text: &str) -> fmt::Result {
        for byte in text.bytes() {
            self.0 = (self.0 ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3);
        }
        Ok(())
    }
}
