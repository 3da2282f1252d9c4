//! The keys that tokens are sealed with. They live beside the rows, so that tokens outlast a restart.

use core::fmt;

use everbeat_model::Timestamp;
use everbeat_partition::store::StoreError;

/// A key that tokens are sealed with.
#[derive(Clone, PartialEq, Eq)]
pub struct SealingKey {
    /// Its number, from 1; the newest key has the greatest.
    pub id: u32,
    /// The secret.
    pub secret: [u8; 32],
    /// When it was made.
    pub created: Timestamp,
}

/// Never shows the secret.
impl fmt::Debug for SealingKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SealingKey")
            .field("id", &self.id)
            .field("created", &self.created)
            .finish_non_exhaustive()
    }
}

/// A store that keeps sealing keys.
pub trait KeyStore {
    /// All keys, the newest last. If there is none yet, makes and keeps the first one with `generate`.
    ///
    /// # Errors
    /// When the store cannot be read or written.
    fn load_or_create_keys(
        &mut self,
        now: Timestamp,
        generate: &mut dyn FnMut() -> [u8; 32],
    ) -> Result<Vec<SealingKey>, StoreError>;

    /// Keeps another key, which is the newest from now on.
    ///
    /// # Errors
    /// When the store cannot be written.
    fn add_key(&mut self, now: Timestamp, secret: [u8; 32]) -> Result<SealingKey, StoreError>;
}
