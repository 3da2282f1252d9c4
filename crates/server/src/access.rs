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

/// So long after a look at the files because of a refusal, they are not looked at because of another; and so many times
/// as long as the look took.
const LOOK_PAUSE: Duration = Duration::from_millis(10);
const LOOK_REST: u32 = 20;
/// A look is not waited for any longer: the disk may be slow, or gone.
const LOOK_TIMEOUT: Duration = Duration::from_secs(1);
/// So often the files are read again if somebody has written meanwhile.
const READINGS: usize = 3;

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
    /// The last look at the files because of a refusal.
    last_look: Arc<AsyncMutex<Option<Look>>>,
    /// Told when other identities and policies are in force.
    changed: Notify,
}

/// A look at the files.
#[derive(Debug, Clone, Copy)]
struct Look {
    began: Instant,
    ended: Instant,
}

/// What was found when the files were last looked at.
#[derive(Debug)]
struct Looked {
    /// The files that are in force.
    in_force: Fingerprint,
    /// Newer ones that cannot be used, and what is wrong with them, so that it is told once.
    refused: Option<(Fingerprint, String)>,
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
    /// The key that has signed.
    key: Arc<Key>,
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
            last_look: Arc::default(),
            snapshot: RwLock::new(Arc::new(snapshot)),
            looked: Mutex::new(Looked {
                in_force,
                refused: None,
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
        self.take_up(true);
    }

    /// As [`Self::reload`]; files that were refused as they are now are tried if `tries_again`.
    fn take_up(&self, tries_again: bool) {
        let mut looked = self.looked.lock().unwrap_or_else(PoisonError::into_inner);
        let mut now = fingerprint(&self.folder);
        if looked.in_force == now {
            looked.refused = None;
            return;
        }
        if looked
            .refused
            .as_ref()
            .is_some_and(|(refused, _)| *refused == now)
            && !tries_again
        {
            return;
        }
        for _ in 0..READINGS {
            let loaded = Snapshot::load(&self.folder);
            let after = fingerprint(&self.folder);
            if after == now {
                self.put_in_force(loaded, now, &mut looked);
                return;
            }
            // Somebody writes: what was read may be half old and half new.
            now = after;
        }
    }

    fn put_in_force(
        &self,
        loaded: Result<Snapshot, LoadError>,
        fingerprint: Fingerprint,
        looked: &mut Looked,
    ) {
        match loaded {
            Ok(snapshot) => {
                snapshot.warn();
                let mut current = self
                    .snapshot
                    .write()
                    .unwrap_or_else(PoisonError::into_inner);
                *current = Arc::new(snapshot);
                drop(current);
                *looked = Looked {
                    in_force: fingerprint,
                    refused: None,
                };
                self.changed.notify_waiters();
                tracing::info!(folder = %self.folder.display(), "identities and policies were taken up anew");
            }
            Err(error) => {
                let text = error.to_string();
                let was_told = |(_, told): &(Fingerprint, String)| *told == text;
                if !looked.refused.as_ref().is_some_and(was_told) {
                    tracing::error!(%error, "the changed identities and policies cannot be used, the old ones stay in force");
                }
                looked.refused = Some((fingerprint, text));
            }
        }
    }

    /// Looks at the files once more, and gives the identities in force if they are others than these. It is done for all
    /// who are to be refused, so that the time it takes tells nothing; those who are at the same time share a look, and
    /// files that cannot be used are not tried for them again and again.
    async fn newer_than(self: &Arc<Self>, known: &Arc<Snapshot>) -> Option<Arc<Snapshot>> {
        // Whoever has no answer in time gets that of the identities in force.
        let _ = tokio::time::timeout(LOOK_TIMEOUT, self.look()).await;
        Some(self.snapshot()).filter(|now| !Arc::ptr_eq(now, known))
    }

    async fn look(self: &Arc<Self>) {
        let asked = Instant::now();
        let mut last_look = Arc::clone(&self.last_look).lock_owned().await;
        if let Some(last) = *last_look {
            if last.began > asked {
                return;
            }
            let rest = LOOK_REST * (last.ended - last.began);
            sleep_until(last.ended + LOOK_PAUSE.max(rest)).await;
        }
        let access = Arc::clone(self);
        // The lock goes along, so that the next look begins after this one, even if nobody waits for it any more.
        let looked = tokio::task::spawn_blocking(move || {
            let began = Instant::now();
            access.take_up(false);
            *last_look = Some(Look {
                began,
                ended: Instant::now(),
            });
        });
        // What went wrong is told when the files are looked at the next time.
        let _ = looked.await;
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
        key == Some(&identity.key)
    }

    /// Reads what the head of a request says about who signed it. `now` is in seconds since 1970.
    ///
    /// # Errors
    /// The fault of the first thing that is wrong (protocol.md section 6.5).
    pub(crate) fn read_claim<'a>(&self, head: &Head<'a>, now: i64) -> Result<Claim<'a>, Fault> {
        sigv4::read_claim(head, now, self.only_region.as_deref())
    }

    /// Checks all of a claim that can be checked before the body is read. A key may just have been made, so files that have
    /// changed are taken up before anybody is refused.
    ///
    /// # Errors
    /// As [`Self::read_claim`].
    pub(crate) async fn recognise<'a>(
        self: &Arc<Self>,
        claim: Claim<'a>,
        now: i64,
    ) -> Result<Recognised<'a>, Fault> {
        let mut snapshot = self.snapshot();
        let mut recognised = snapshot.recognise(&claim, now);
        if recognised.is_err()
            && let Some(newer) = self.newer_than(&snapshot).await
        {
            recognised = newer.recognise(&claim, now);
            snapshot = newer;
        }
        Ok(Recognised {
            signing_key: recognised?,
            claim,
            snapshot,
        })
    }

    /// Checks the signature. A key that was withdrawn while the body came is no good any more, and a secret may just have
    /// been replaced. `now` is in seconds since 1970.
    ///
    /// # Errors
    /// As [`Self::recognise`], and InvalidSignatureException when the signature is of something else.
    pub(crate) async fn verify(
        self: &Arc<Self>,
        recognised: &Recognised<'_>,
        body: &[u8],
        now: i64,
    ) -> Result<(Realm, Identity), Fault> {
        let snapshot = self.snapshot();
        let mut verified = snapshot.verify(recognised, body, now);
        if verified.is_err()
            && let Some(newer) = self.newer_than(&snapshot).await
        {
            verified = newer.verify(recognised, body, now);
        }
        verified.map_err(|fault| match self.explains_signatures {
            true => sigv4::explain(fault, &recognised.claim, body),
            false => fault,
        })
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

    /// The signing key of a claim that can be true.
    fn recognise(&self, claim: &Claim<'_>, now: i64) -> Result<[u8; 32], Fault> {
        let key = self.directory.key(claim.access_key_id);
        let facts = key.map(|key| facts(key, self.signing_key(claim, key)));
        sigv4::recognise(claim, facts.as_ref(), now)?;
        Ok(facts.map_or([0; 32], |facts| facts.signing_key))
    }

    /// The world and the identity of a claim that is true.
    fn verify(
        &self,
        recognised: &Recognised<'_>,
        body: &[u8],
        now: i64,
    ) -> Result<(Realm, Identity), Fault> {
        let claim = &recognised.claim;
        let key = self.directory.key(claim.access_key_id);
        let signing_key = |key| match std::ptr::eq(self, &*recognised.snapshot) {
            true => recognised.signing_key,
            false => self.signing_key(claim, key),
        };
        let facts = key.map(|key| facts(key, signing_key(key)));
        sigv4::check(claim, body, facts.as_ref(), now)?;
        let (Some(key), Some(facts)) = (key, facts) else {
            return Err(FaultKind::InternalFailure.bare());
        };
        let identity = Identity {
            access_key_id: claim.access_key_id.to_owned(),
            key: Arc::clone(key),
            principal: Arc::clone(key.principal()),
            issued: key.session().map(|session| session.issued),
        };
        let realm = self.realm(claim, &identity.principal.account, facts.signing_key);
        Ok((realm, identity))
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
