//! Requests without a good signature: how fast those of one address are answered, and how many are written down.

use std::net::IpAddr;

use everbeat_model::{Rate, Timestamp};
use everbeat_partition::rates::Buckets;

/// Refusals of strangers that the audit log takes, from wherever they come: some 350 megabytes a day.
const STRANGERS_LINES: Rate = Rate {
    bucket: 1_000,
    refill: 10,
};

/// Where requests without a good signature come from.
#[derive(Debug, Default)]
pub(super) struct Strangers {
    buckets: Buckets<IpAddr>,
    lines: Buckets<()>,
    /// Refusals that were too many to be written down, since the last that was.
    unwritten: u64,
}

/// A request without a good signature.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Stranger {
    /// There were few of them lately from that address.
    pub(crate) is_rare: bool,
    /// None if its refusal is not to be written down, else how many before it were not, from wherever they came.
    pub(crate) unwritten: Option<u64>,
}

impl Strangers {
    /// `rate` is that of answers at once for one address; none if all are.
    pub(super) fn meet(&mut self, address: IpAddr, rate: Option<Rate>, now: Timestamp) -> Stranger {
        let is_rare = rate.is_none_or(|rate| self.buckets.try_take(address, rate, now));
        let is_written = is_rare && self.lines.try_take((), STRANGERS_LINES, now);
        if is_written {
            let unwritten = Some(std::mem::take(&mut self.unwritten));
            return Stranger { is_rare, unwritten };
        }
        if self.unwritten == 0 {
            tracing::warn!(%address, "requests without a good signature come too fast to be written down one by one");
        }
        self.unwritten += 1;
        Stranger {
            is_rare,
            unwritten: None,
        }
    }
}

#[cfg(test)]
mod tests {
    use std::net::Ipv4Addr;

    use everbeat_partition::rates::per_second;

    use super::*;

    const HERE: IpAddr = IpAddr::V4(Ipv4Addr::LOCALHOST);
    const ELSEWHERE: IpAddr = IpAddr::V4(Ipv4Addr::new(10, 0, 0, 1));

    #[test]
    fn only_who_is_refused_often_waits() {
        let rare = |unwritten| Stranger {
            is_rare: true,
            unwritten: Some(unwritten),
        };
        let frequent = Stranger {
            is_rare: false,
            unwritten: None,
        };
        let mut strangers = Strangers::default();
        let mut meet = |address, at| strangers.meet(address, per_second(2), Timestamp(at));
        assert_eq!([meet(HERE, 0), meet(HERE, 0)], [rare(0), rare(0)]);
        assert_eq!(meet(ELSEWHERE, 0), rare(0));
        assert_eq!([meet(HERE, 0), meet(HERE, 1)], [frequent, frequent]);
        assert_eq!(meet(HERE, 1000), rare(2), "two were not written");
        assert_eq!(meet(HERE, 2000), rare(0));
    }

    #[test]
    fn strangers_write_few_lines_wherever_they_come_from() {
        let mut strangers = Strangers::default();
        let mut written = 0;
        for number in 0..5_000 {
            let address = IpAddr::V4(Ipv4Addr::from_bits(number));
            let stranger = strangers.meet(address, per_second(50), Timestamp(0));
            assert!(stranger.is_rare);
            written += u32::from(stranger.unwritten.is_some());
        }
        assert_eq!(written, STRANGERS_LINES.bucket);
        let next = strangers.meet(HERE, per_second(50), Timestamp(1000));
        assert_eq!(next.unwritten, Some(4_000));
    }
}
