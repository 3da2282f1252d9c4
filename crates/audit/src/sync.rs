//! What must not hold up a call: bringing lines to the disk, and removing old files. A thread of its own does it.
//!
//! A line is in the kernel's hands when its write returns, and so survives the end of this process; it survives the end
//! of the machine once it is synchronised, at most about a second later.

use std::fs::File;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{self, Receiver, RecvTimeoutError, Sender};
use std::thread::JoinHandle;
use std::time::Duration;

use crate::folder;

/// How often lines are synchronised, if there are new ones.
const INTERVAL: Duration = Duration::from_secs(1);

/// The state of a log that both its writer and this thread see.
#[derive(Debug, Default)]
pub(crate) struct Health {
    /// There are lines that were not synchronised.
    touched: AtomicBool,
    /// The last attempt to write or to synchronise did not work.
    failing: AtomicBool,
}

impl Health {
    pub(crate) fn is_failing(&self) -> bool {
        self.failing.load(Ordering::Acquire)
    }

    pub(crate) fn set_failing(&self, failing: bool) {
        self.failing.store(failing, Ordering::Release);
    }
}

enum Order {
    /// From now on this file is written; what is in the one before is complete.
    Begin(File),
    /// Remove the files before this one.
    Release(u64),
}

/// The thread, as the writer sees it. Dropping it synchronises what is left, and waits for that.
#[derive(Debug)]
pub(crate) struct Sync {
    health: Arc<Health>,
    orders: Option<Sender<Order>>,
    thread: Option<JoinHandle<()>>,
}

impl Sync {
    pub(crate) fn start(folder: &Path, health: Arc<Health>) -> io::Result<Self> {
        let (orders, receiver) = mpsc::channel();
        let mut worker = Worker {
            folder: folder.to_owned(),
            health: Arc::clone(&health),
            current: None,
        };
        let thread = std::thread::Builder::new()
            .name("audit-sync".into())
            .spawn(move || worker.run(&receiver))?;
        Ok(Self {
            health,
            orders: Some(orders),
            thread: Some(thread),
        })
    }

    /// The file was written to.
    pub(crate) fn touch(&self) {
        self.health.touched.store(true, Ordering::Release);
    }

    pub(crate) fn begin(&self, file: File) {
        self.order(Order::Begin(file));
    }

    pub(crate) fn release(&self, oldest: u64) {
        self.order(Order::Release(oldest));
    }

    fn order(&self, order: Order) {
        if let Some(orders) = &self.orders {
            // The thread ends only when this sender is gone.
            let _ = orders.send(order);
        }
    }
}

impl Drop for Sync {
    fn drop(&mut self) {
        self.orders = None;
        if let Some(thread) = self.thread.take() {
            let _ = thread.join();
        }
    }
}

struct Worker {
    folder: PathBuf,
    health: Arc<Health>,
    current: Option<File>,
}

impl Worker {
    fn run(&mut self, orders: &Receiver<Order>) {
        loop {
            let done = match orders.recv_timeout(INTERVAL) {
                Ok(Order::Begin(file)) => self.begin(file),
                // What cannot be removed now is removed with the next file.
                Ok(Order::Release(oldest)) => {
                    let _ = folder::remove_before(&self.folder, oldest);
                    Ok(())
                }
                Err(RecvTimeoutError::Timeout) => self.synchronise(),
                Err(RecvTimeoutError::Disconnected) => {
                    // Nobody is left who could be told.
                    let _ = self.synchronise();
                    return;
                }
            };
            if done.is_err() {
                self.health.set_failing(true);
            }
        }
    }

    fn begin(&mut self, file: File) -> io::Result<()> {
        let before = self.current.replace(file);
        if let Some(before) = before {
            before.sync_data()?;
        }
        File::open(&self.folder)?.sync_all()
    }

    fn synchronise(&mut self) -> io::Result<()> {
        let touched = self.health.touched.swap(false, Ordering::AcqRel);
        match &self.current {
            Some(file) if touched => file.sync_data(),
            Some(_) | None => Ok(()),
        }
    }
}
