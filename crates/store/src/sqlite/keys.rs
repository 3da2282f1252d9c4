//! The table of sealing keys.

use everbeat_model::Timestamp;
use everbeat_partition::store::StoreError;

use super::error::store_error;
use super::{SqliteStore, load, rows};
use crate::keys::{KeyStore, SealingKey};

impl KeyStore for SqliteStore {
    fn load_or_create_keys(
        &mut self,
        now: Timestamp,
        generate: &mut dyn FnMut() -> [u8; 32],
    ) -> Result<Vec<SealingKey>, StoreError> {
        let keys = self.load_keys()?;
        if !keys.is_empty() {
            return Ok(keys);
        }
        Ok(vec![self.add_key(now, generate())?])
    }

    fn add_key(&mut self, now: Timestamp, secret: [u8; 32]) -> Result<SealingKey, StoreError> {
        let newest = self.load_keys()?.last().map_or(0, |key| key.id);
        let key = SealingKey {
            id: newest + 1,
            secret,
            created: now,
        };
        self.transaction(|connection| {
            let sql = "INSERT INTO keys (id, secret, created_ms) VALUES (?1, ?2, ?3)";
            connection.execute(sql, (key.id, &key.secret[..], key.created.0))?;
            Ok(())
        })?;
        Ok(key)
    }
}

impl SqliteStore {
    fn load_keys(&self) -> Result<Vec<SealingKey>, StoreError> {
        let sql = "SELECT id, secret, created_ms FROM keys ORDER BY id";
        load::all(&self.connection, sql, [], |row| {
            Ok(SealingKey {
                id: row.get(0).map_err(store_error)?,
                secret: row.get(1).map_err(store_error)?,
                created: rows::timestamp(row, 2).map_err(store_error)?,
            })
        })
    }
}
