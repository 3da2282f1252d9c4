//! Addresses and ranges of addresses, IPv4 and IPv6.

use core::net::IpAddr;

/// A range of addresses that have their first bits in common.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Network {
    address: IpAddr,
    prefix_bits: u32,
}

impl Network {
    /// Reads `203.0.113.0/24`, `2001:db8::/32` or a single address; nothing when it is neither. Bits behind the prefix
    /// do not count.
    pub fn read(text: &str) -> Option<Network> {
        let (address, prefix) = match text.split_once('/') {
            Some((address, prefix)) => (address, Some(prefix)),
            None => (text, None),
        };
        let address: IpAddr = address.parse().ok()?;
        let all_bits = bits(address).1;
        let prefix_bits = match prefix {
            Some(prefix) if prefix.bytes().all(|b| b.is_ascii_digit()) => prefix.parse().ok()?,
            Some(_) => return None,
            None => all_bits,
        };
        (prefix_bits <= all_bits).then_some(Network {
            address,
            prefix_bits,
        })
    }

    /// Whether an address is in the range. An IPv4 address is also known in its IPv6 form, `::ffff:203.0.113.5`.
    pub fn contains(&self, address: IpAddr) -> bool {
        self.holds(address) || self.holds(address.to_canonical())
    }

    fn holds(&self, address: IpAddr) -> bool {
        let ((mine, my_length), (other, length)) = (bits(self.address), bits(address));
        let differing = (mine ^ other).checked_shr(length - self.prefix_bits.min(length));
        my_length == length && differing.unwrap_or(0) == 0
    }
}

/// The bits of an address, and how many there are.
fn bits(address: IpAddr) -> (u128, u32) {
    match address {
        IpAddr::V4(address) => (u128::from(address.to_bits()), u32::BITS),
        IpAddr::V6(address) => (address.to_bits(), u128::BITS),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ranges() {
        for (network, address, expected) in [
            ("203.0.113.0/24", "203.0.113.255", true),
            ("203.0.113.77/24", "203.0.113.1", true),
            ("203.0.113.0/24", "203.0.114.0", false),
            ("203.0.113.5", "203.0.113.5", true),
            ("203.0.113.5", "203.0.113.6", false),
            ("0.0.0.0/0", "255.1.2.3", true),
            ("0.0.0.0/0", "2001:db8::1", false),
            ("::/0", "2001:db8::1", true),
            ("::/0", "10.0.0.1", false),
            ("2001:db8::/32", "2001:db8:ffff::1", true),
            ("2001:db8::/33", "2001:db8:8000::1", false),
            ("203.0.113.0/24", "::ffff:203.0.113.9", true),
            ("::ffff:203.0.113.0/120", "::ffff:203.0.113.9", true),
        ] {
            let range = Network::read(network).expect(network);
            let parsed = address.parse().expect(address);
            assert_eq!(range.contains(parsed), expected, "{network} {address}");
        }
    }

    #[test]
    fn what_is_no_range_is_not_read() {
        for text in [
            "",
            "1.2.3.300",
            "1.2.3",
            "1.2.3.4/33",
            "1.2.3.4/",
            "1.2.3.4/+8",
            "1.2.3.4/8/8",
            "::1/129",
            "localhost",
            "1.2.3.*",
            "01.2.3.4",
        ] {
            assert_eq!(Network::read(text), None, "{text:?}");
        }
    }
}
