//! The 64-bit checksum FNV-1a. It detects damage, not malice.

/// The checksum FNV-1a over a sequence of parts. The length of each part is added after it, so the
/// places of their ends count too.
#[derive(Clone, Copy, Debug)]
pub struct Fnv(u64);

impl Default for Fnv {
    /// The offset basis (Fowler, Noll & Vo; draft-eastlake-fnv).
    fn default() -> Fnv {
        Fnv(0xcbf2_9ce4_8422_2325)
    }
}

impl Fnv {
    /// Adds the bytes and the length of one part.
    pub fn add(&mut self, part: &[u8]) {
        self.bytes(part);
        self.bytes(&(part.len() as u64).to_le_bytes());
    }

    /// The checksum of all parts.
    pub fn finish(self) -> u64 {
        self.0
    }

    fn bytes(&mut self, bytes: &[u8]) {
        for byte in bytes {
            self.0 = (self.0 ^ u64::from(*byte)).wrapping_mul(0x0000_0100_0000_01b3);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn golden_sums() {
        // Test vectors of the draft.
        for (text, sum) in
            [("", 0xcbf2_9ce4_8422_2325), ("a", 0xaf63_dc4c_8601_ec8c), ("foobar", 0x8594_4171_f739_67e8)]
        {
            let mut fnv = Fnv::default();
            fnv.bytes(text.as_bytes());
            assert_eq!(fnv.finish(), sum, "{text}");
        }
        let sum = |parts: &[&str]| {
            let mut fnv = Fnv::default();
            parts.iter().for_each(|part| fnv.add(part.as_bytes()));
            fnv.finish()
        };
        assert_ne!(sum(&["ab", "c"]), sum(&["a", "bc"]));
    }
}
