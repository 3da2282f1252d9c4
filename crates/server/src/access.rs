//! Who may do what: the identities in force, the check of signatures, and the questions to policies.
//!
//! The identities are one snapshot, exchanged as a whole when their files change ([`reload`](Access::reload)); a request
//! keeps the one that it began with. What a request asks is in [`asked`], what policies may test in [`facts`], and what
//! the partition asks on its way in [`check`].

pub(crate) mod asked;
pub(crate) mod check;
mod facts;

use std::collections::HashMap;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError, RwLock};
use std::time::Duration;

use everbeat_access::{Directory, Fingerprint, Key, LoadError, Principal, fingerprint};
use everbeat_model::{Fault, FaultKind};
use everbeat_partition::Realm;
use everbeat_wire::sigv4::{self, Claim, Head, KeyFacts, SessionFacts};
use tokio::sync::{Mutex as AsyncMutex, Notify};
use tokio::time::{Instant, sleep_until};

/// So many signing keys are kept for an access key, one for each day and region that it signed for; beyond it, the
/// oldest is dropped, and made again when it is needed.
const SIGNING_KEYS_KEPT: usize = 16;

/// So long after a look at the files for a key that nobody knows, they are not looked at for another.
const LOOK_PAUSE: Duration = Duration::from_millis(50);

/// Looks up secrets that are in the environment.
fn environment(name: &str) -> Option<String> {
    std::env::var(name).ok()
}

/// The identities in force.
#[derive(Debug)]
pub(crate) struct Access {
    folder: PathBuf,
    only_region: Option<String>,
    explains_signatures: bool,
    snapshot: RwLock<Arc<Snapshot>>,
    looked: Mutex<Looked>,
    /// When the files were last looked at for a key that nobody knew.
    last_look: AsyncMutex<Option<Instant>>,
    /// Told when other identities and policies are in force.
    changed: Notify,
}

/// What was found when the files were last looked at.
#[derive(Debug)]
struct Looked {
    /// The files that are in force.
    in_force: Fingerprint,
    /// What was wrong with newer ones, so that it is told once.
    told: Option<String>,
}

/// Identities, and the signing keys that were made of their secrets, by access key id.
#[derive(Debug)]
struct Snapshot {
    directory: Directory,
    signing_keys: RwLock<HashMap<String, Vec<SigningKey>>>,
}

/// A signing key, and what it is good for.
struct SigningKey {
    day: String,
    /// The account of the access key, and the region.
    realm: Realm,
    key: [u8; 32],
}

impl std::fmt::Debug for SigningKey {
    /// Without the key.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "SigningKey({}/{})", self.day, self.realm.region)
    }
}

/// A caller who has proven who it is.
#[derive(Debug, Clone)]
pub(crate) struct Identity {
    pub(crate) access_key_id: String,
    pub(crate) principal: Arc<Principal>,
    /// When the session began, in seconds since 1970; none without a session.
    pub(crate) issued: Option<i64>,
}

/// A request whose head is good, as far as it can be known without the body.
pub(crate) struct Recognised<'a> {
    claim: Claim<'a>,
    snapshot: Arc<Snapshot>,
    signing_key: [u8; 32],
}

impl Access {
    /// Reads the identities of a folder. With `only_region`, signatures for other regions are refused; with
    /// `explains_signatures`, callers are told what they should have signed.
    ///
    /// # Errors
    /// When the folder cannot be used; file, line and reason.
    pub(crate) fn load(
        folder: &Path,
        only_region: Option<String>,
        explains_signatures: bool,
    ) -> Result<Self, LoadError> {
        // Before they are read: a change meanwhile is then found later.
        let in_force = fingerprint(folder);
        let snapshot = Snapshot::load(folder)?;
        snapshot.warn();
        Ok(Self {
            folder: folder.to_owned(),
            only_region,
            explains_signatures,
            changed: Notify::new(),
            last_look: AsyncMutex::new(None),
            snapshot: RwLock::new(Arc::new(snapshot)),
            looked: Mutex::new(Looked {
                in_force,
                told: None,
            }),
        })
    }

    /// Whether nobody could sign anything.
    pub(crate) fn is_empty(&self) -> bool {
        self.snapshot().directory.is_empty()
    }

    /// Whether callers are told what they should have signed.
    pub(crate) const fn explains_signatures(&self) -> bool {
        self.explains_signatures
    }

    fn snapshot(&self) -> Arc<Snapshot> {
        Arc::clone(&self.snapshot.read().unwrap_or_else(PoisonError::into_inner))
    }

    /// Takes up the identities anew if their files have changed. What is wrong is logged, the old ones stay in force, and
    /// the files are tried again the next time: it may be the disk that failed.
    pub(crate) fn reload(&self) {
        let now = fingerprint(&self.folder);
        let mut looked = self.looked.lock().unwrap_or_else(PoisonError::into_inner);
        if looked.in_force == now {
            looked.told = None;
            return;
        }
        match Snapshot::load(&self.folder) {
            // Somebody writes: what was read may be half old and half new.
            Ok(_) | Err(_) if fingerprint(&self.folder) != now => {}
            Ok(snapshot) => {
                snapshot.warn();
                let mut current = self
                    .snapshot
                    .write()
                    .unwrap_or_else(PoisonError::into_inner);
                *current = Arc::new(snapshot);
                *looked = Looked {
                    in_force: now,
                    told: None,
                };
                drop(current);
                self.changed.notify_waiters();
                tracing::info!(folder = %self.folder.display(), "identities and policies were taken up anew");
            }
            Err(error) => {
                let told = error.to_string();
                if looked.told.as_ref() != Some(&told) {
                    tracing::error!(%error, "the changed identities and policies cannot be used, the old ones stay in force");
                    looked.told = Some(told);
                }
            }
        }
    }

    /// Looks at the files once more if nobody has that key: it may just have been made. Those who ask at the same time
    /// share a look.
    pub(crate) async fn look_for(self: &Arc<Self>, access_key_id: &str) {
        let asked = Instant::now();
        if self.snapshot().directory.key(access_key_id).is_some() {
            return;
        }
        let mut last_look = self.last_look.lock().await;
        if let Some(last) = *last_look {
            if last > asked {
                return;
            }
            sleep_until(last + LOOK_PAUSE).await;
        }
        *last_look = Some(Instant::now());
        let access = Arc::clone(self);
        // What went wrong is told when the files are looked at the next time.
        let _ = tokio::task::spawn_blocking(move || access.reload()).await;
    }

    /// Ends when the identity has other rights than it had, or its key is no good any more.
    pub(crate) async fn changed_for(&self, identity: &Identity) {
        loop {
            let changed = self.changed.notified();
            if !self.is_in_force(identity) {
                return;
            }
            changed.await;
        }
    }

    fn is_in_force(&self, identity: &Identity) -> bool {
        let snapshot = self.snapshot();
        let key = snapshot.directory.key(&identity.access_key_id);
        key.is_some_and(|key| {
            let issued = key.session().map(|session| session.issued);
            issued == identity.issued && *key.principal() == identity.principal
        })
    }

    /// Reads what the head of a request says about who signed it. `now` is in seconds since 1970.
    ///
    /// # Errors
    /// The fault of the first thing that is wrong (protocol.md section 6.5).
    pub(crate) fn read_claim<'a>(&self, head: &Head<'a>, now: i64) -> Result<Claim<'a>, Fault> {
        sigv4::read_claim(head, now, self.only_region.as_deref())
    }

    /// Checks all of a claim that can be checked before the body is read.
    ///
    /// # Errors
    /// As [`Self::read_claim`].
    pub(crate) fn recognise<'a>(
        &self,
        claim: Claim<'a>,
        now: i64,
    ) -> Result<Recognised<'a>, Fault> {
        let snapshot = self.snapshot();
        let key = snapshot.directory.key(claim.access_key_id);
        let facts = key.map(|key| facts(key, snapshot.signing_key(&claim, key)));
        sigv4::recognise(&claim, facts.as_ref(), now)?;
        let signing_key = facts.map_or([0; 32], |facts| facts.signing_key);
        Ok(Recognised {
            claim,
            snapshot,
            signing_key,
        })
    }

    /// Checks the signature. A key that was withdrawn while the body came is no good any more. `now` is in seconds since
    /// 1970.
    ///
    /// # Errors
    /// As [`Self::recognise`], and InvalidSignatureException when the signature is of something else.
    pub(crate) fn verify(
        &self,
        recognised: &Recognised<'_>,
        body: &[u8],
        now: i64,
    ) -> Result<(Realm, Identity), Fault> {
        let claim = &recognised.claim;
        let snapshot = self.snapshot();
        let key = snapshot.directory.key(claim.access_key_id);
        let is_the_same = Arc::ptr_eq(&snapshot, &recognised.snapshot);
        let signing_key = |key| match is_the_same {
            true => recognised.signing_key,
            false => snapshot.signing_key(claim, key),
        };
        let facts = key.map(|key| facts(key, signing_key(key)));
        sigv4::check(claim, body, facts.as_ref(), now).map_err(|fault| {
            match self.explains_signatures {
                true => sigv4::explain(fault, claim, body),
                false => fault,
            }
        })?;
        let (Some(key), Some(facts)) = (key, facts) else {
            return Err(FaultKind::InternalFailure.bare());
        };
        let identity = Identity {
            access_key_id: claim.access_key_id.to_owned(),
            principal: Arc::clone(key.principal()),
            issued: key.session().map(|session| session.issued),
        };
        let realm = snapshot.realm(claim, &identity.principal.account, facts.signing_key);
        Ok((realm, identity))
    }
}

fn facts(key: &Key, signing_key: [u8; 32]) -> KeyFacts<'_> {
    KeyFacts {
        signing_key,
        session: key.session().map(|session| SessionFacts {
            token: session.token(),
            expires: session.expires,
        }),
    }
}

impl Snapshot {
    fn load(folder: &Path) -> Result<Self, LoadError> {
        let directory = Directory::load(folder, &environment)?;
        Ok(Self {
            directory,
            signing_keys: RwLock::default(),
        })
    }

    fn warn(&self) {
        for warning in &self.directory.warnings {
            tracing::warn!("{warning}");
        }
    }

    fn signing_key(&self, claim: &Claim<'_>, key: &Key) -> [u8; 32] {
        self.kept(claim)
            .unwrap_or_else(|| sigv4::signing_key(key.secret(), claim.scope()))
    }

    fn kept(&self, claim: &Claim<'_>) -> Option<[u8; 32]> {
        self.with_kept(claim, |kept| kept.key)
    }

    fn with_kept<T>(&self, claim: &Claim<'_>, read: impl FnOnce(&SigningKey) -> T) -> Option<T> {
        let keys = self
            .signing_keys
            .read()
            .unwrap_or_else(PoisonError::into_inner);
        let of_key = keys.get(claim.access_key_id)?;
        of_key.iter().find(|kept| kept.is_for(claim)).map(read)
    }

    /// The world that a claim is for. Its signature was good, so its key is kept: nobody else makes the keys grow.
    fn realm(&self, claim: &Claim<'_>, account: &str, key: [u8; 32]) -> Realm {
        if let Some(realm) = self.with_kept(claim, |kept| kept.realm.clone()) {
            return realm;
        }
        let realm = Realm {
            account: account.into(),
            region: claim.region.into(),
        };
        let mut keys = self
            .signing_keys
            .write()
            .unwrap_or_else(PoisonError::into_inner);
        let of_key = keys.entry(claim.access_key_id.to_owned()).or_default();
        if of_key.len() >= SIGNING_KEYS_KEPT {
            of_key.remove(0);
        }
        of_key.push(SigningKey {
            day: claim.day.to_owned(),
            realm: realm.clone(),
            key,
        });
        realm
    }
}

impl SigningKey {
    fn is_for(&self, claim: &Claim<'_>) -> bool {
        self.day == claim.day && *self.realm.region == *claim.region
    }
}
