//! The signals that end the prompt. SIGINT and SIGTERM are told to its loop; SIGHUP ends the program, because the loop may
//! never come back from a terminal that is gone, and so does a signal that comes when the loop was told already.
//!
//! A thread waits for them, and goes on when the prompt is over: SIGINT is then left to the operation that was asked
//! for, the others do what they do to every program.

use std::io;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use signal_hook::consts::signal::{SIGHUP, SIGINT, SIGTERM};
use signal_hook::iterator::Signals as Incoming;
use signal_hook::low_level::emulate_default_handler;

/// What came, and whether there is still a loop to tell.
#[derive(Debug)]
pub(super) struct Signals {
    came: Arc<AtomicBool>,
    is_over: Arc<AtomicBool>,
}

impl Signals {
    /// Listens from now on. `close` puts the terminal back, and is called before the program is ended.
    ///
    /// # Errors
    /// The system gives no thread, or does not let the signals be caught.
    pub(super) fn listen(close: impl Fn() + Send + 'static) -> io::Result<Self> {
        let signals = Self {
            came: Arc::default(),
            is_over: Arc::default(),
        };
        let (came, is_over) = (Arc::clone(&signals.came), Arc::clone(&signals.is_over));
        let mut incoming = Incoming::new([SIGINT, SIGTERM, SIGHUP])?;
        let thread = std::thread::Builder::new().name("signals".into());
        thread.spawn(move || {
            for signal in &mut incoming {
                let is_over = is_over.load(Ordering::SeqCst);
                if is_over && signal == SIGINT {
                    // Whoever waits for the operation that was asked for hears it too.
                    continue;
                }
                let has_loop = signal != SIGHUP && !is_over;
                if has_loop && !came.swap(true, Ordering::SeqCst) {
                    continue;
                }
                close();
                // It fails for signals that have no name, which these have.
                let _ = emulate_default_handler(signal);
            }
        })?;
        Ok(signals)
    }

    /// The loop is to end.
    pub(super) fn came(&self) -> bool {
        self.came.load(Ordering::SeqCst)
    }

    /// There is no loop any more.
    pub(super) fn end(&self) {
        self.is_over.store(true, Ordering::SeqCst);
    }
}

#[cfg(test)]
mod tests {
    use std::time::{Duration, Instant};

    use signal_hook::low_level::raise;

    use super::*;

    #[test]
    fn the_loop_is_told_of_a_signal() {
        let signals = Signals::listen(|| ()).expect("signals");
        assert!(!signals.came());
        raise(SIGTERM).expect("raised");
        let since = Instant::now();
        while !signals.came() {
            assert!(since.elapsed() < Duration::from_secs(3), "nothing came");
            std::thread::yield_now();
        }
    }
}
