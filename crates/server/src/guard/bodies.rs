//! Room for the bodies of requests that are under way.

use std::net::IpAddr;
use std::sync::Arc;

use everbeat_model::{Fault, Limits};

use super::counts::{Counts, Place};

/// Bytes of the bodies of requests that are under way.
#[derive(Debug)]
pub(super) struct Bodies {
    all: Arc<Counts<()>>,
    of_address: Arc<Counts<IpAddr>>,
}

impl Bodies {
    /// Counts against these limits.
    pub(super) fn new(limits: &Limits) -> Self {
        Self {
            all: Counts::new(limits.body_bytes),
            of_address: Counts::new(limits.body_bytes_per_address),
        }
    }

    /// Room for a body from an address.
    pub(super) fn begin(&self, address: IpAddr) -> BodyPlaces {
        BodyPlaces {
            address: self.of_address.place(address),
            all: self.all.place(()),
        }
    }
}

/// The room that a body takes, so far as it has come.
#[derive(Debug)]
pub(crate) struct BodyPlaces {
    address: Place<IpAddr>,
    all: Place<()>,
}

impl BodyPlaces {
    /// So many more bytes have come.
    ///
    /// # Errors
    /// ThrottlingException when there is no room for them beside those that are under way.
    pub(crate) fn take(&mut self, bytes: usize) -> Result<(), Fault> {
        let bytes = bytes as u64;
        if self.address.grow(bytes) && self.all.grow(bytes) {
            Ok(())
        } else {
            Err(Fault::rate_exceeded())
        }
    }
}
