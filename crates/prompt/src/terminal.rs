//! The terminal's loop: draws the state, waits for keys and answers, and puts the terminal back however it ends: with a
//! key, an error, a panic or a signal.

mod signals;

use std::fmt;
use std::io::{self, IsTerminal, Write};
use std::panic;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{Receiver, Sender, channel};
use std::thread;
use std::time::{Duration, Instant};

use crossterm::event::{
    self, DisableBracketedPaste, EnableBracketedPaste, Event, KeyEvent, KeyEventKind,
};
use crossterm::terminal::{
    EnterAlternateScreen, LeaveAlternateScreen, disable_raw_mode, enable_raw_mode,
};
use crossterm::{cursor, execute};
use ratatui::Terminal;
use ratatui::backend::CrosstermBackend;
use ratatui::layout::Size;
use rustix::event::{PollFd, PollFlags, Timespec};
use rustix::io::Errno;

use crate::draw::draw;
use crate::knowledge::{Choice, Knowledge, Question};
use crate::state::{Progress, State};
use signals::Signals;

/// How often answers are looked for while a question is open.
const WHILE_ASKING: Duration = Duration::from_millis(30);
/// How long to wait for a key otherwise, until signals are looked for.
const IDLE: Duration = Duration::from_millis(200);
/// How long answers are looked for. A later one is taken up with the next key.
const PATIENCE: Duration = Duration::from_secs(3);

/// How the prompt ended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Outcome {
    /// The line is to be run; the words are the line as a shell splits it, without `aws`.
    Run {
        /// As it was typed, without `aws`.
        line: String,
        /// Its words.
        words: Vec<String>,
    },
    /// Ctrl-C, Ctrl-D, SIGINT or SIGTERM, with what the line was.
    Cancelled {
        /// As it was typed, without `aws`.
        line: String,
    },
}

/// Why there is no prompt.
#[derive(Debug)]
pub enum PromptError {
    /// Standard input is no terminal, or there is none to draw on.
    NotATerminal,
    /// The terminal failed.
    Terminal(io::Error),
}

impl fmt::Display for PromptError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NotATerminal => f.write_str("The prompt needs a terminal."),
            Self::Terminal(error) => write!(f, "The terminal failed: {error}"),
        }
    }
}

impl std::error::Error for PromptError {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        match self {
            Self::NotATerminal => None,
            Self::Terminal(error) => Some(error),
        }
    }
}

impl From<io::Error> for PromptError {
    fn from(error: io::Error) -> Self {
        Self::Terminal(error)
    }
}

/// Lets the user type a line that begins with some words.
///
/// The terminal looks as before when it returns; it is for the caller to print the line. SIGHUP, and a second SIGINT or
/// SIGTERM, put the terminal back and end the program. Once for a program: signals end it for good when the prompt is
/// over.
///
/// # Errors
/// No terminal, or one that fails.
pub fn prompt(initial: &[String], knowledge: &dyn Knowledge) -> Result<Outcome, PromptError> {
    if !io::stdin().is_terminal() {
        return Err(PromptError::NotATerminal);
    }
    let screen = Screen::open()?;
    let mut terminal = Terminal::new(CrosstermBackend::new(screen.output.stream()))?;
    let size = terminal.size()?;
    let mut state = State::new(initial, knowledge, size);
    let mut asked = Asked::default();
    let mut is_drawn = false;
    loop {
        if screen.signals.came() {
            let line = state.line.text().into();
            return Ok(Outcome::Cancelled { line });
        }
        for (key, choices) in asked.answers() {
            state.answer(key, choices);
            is_drawn = false;
        }
        if !is_drawn {
            terminal.draw(|frame| {
                state.size = frame.area().as_size();
                draw(frame, &state);
            })?;
            is_drawn = true;
        }
        asked.ask(state.take_questions());
        let wait = if asked.is_waiting() {
            WHILE_ASKING
        } else {
            IDLE
        };
        if !is_there(wait)? {
            let line = state.line.text().into();
            return Ok(Outcome::Cancelled { line });
        }
        if !event::poll(Duration::ZERO)? {
            continue;
        }
        is_drawn = false;
        // Everything that is there is taken before the screen is drawn again.
        while event::poll(Duration::ZERO)? {
            match take(&mut state, event::read()?) {
                Progress::Goes => {}
                Progress::Runs { line, words } => return Ok(Outcome::Run { line, words }),
                Progress::Cancelled { line } => return Ok(Outcome::Cancelled { line }),
            }
        }
    }
}

/// Waits for a key or for `wait`; false when the terminal is gone: crossterm would read from it for ever.
fn is_there(wait: Duration) -> io::Result<bool> {
    let input = io::stdin();
    let mut watched = [PollFd::new(&input, PollFlags::IN)];
    let wait = Timespec {
        tv_sec: 0,
        tv_nsec: wait.subsec_nanos().into(),
    };
    match rustix::event::poll(&mut watched, Some(&wait)) {
        // A signal, such as that of another size, is a reason to look.
        Ok(_) | Err(Errno::INTR) => {}
        Err(error) => return Err(error.into()),
    }
    let is_gone = PollFlags::HUP | PollFlags::ERR | PollFlags::NVAL;
    Ok(!watched
        .iter()
        .any(|watched| watched.revents().intersects(is_gone)))
}

fn take(state: &mut State<'_>, event: Event) -> Progress {
    match event {
        Event::Key(KeyEvent {
            kind: KeyEventKind::Release,
            ..
        }) => {}
        Event::Key(key) => return state.press(key),
        Event::Paste(text) => state.paste(&text),
        Event::Resize(width, height) => state.size = Size::new(width, height),
        Event::FocusGained | Event::FocusLost | Event::Mouse(_) => {}
    }
    Progress::Goes
}

/// The questions on their way, each on a thread of its own. A thread that hangs keeps neither the prompt nor the
/// program from ending.
struct Asked {
    sender: Sender<(String, Vec<Choice>)>,
    receiver: Receiver<(String, Vec<Choice>)>,
    open: Vec<(String, Instant)>,
}

impl Default for Asked {
    fn default() -> Self {
        let (sender, receiver) = channel();
        Self {
            sender,
            receiver,
            open: Vec::new(),
        }
    }
}

impl Asked {
    fn ask(&mut self, questions: Vec<Question>) {
        for Question { key, ask } in questions {
            let sender = self.sender.clone();
            let asked = key.clone();
            let thread = thread::Builder::new().name("question".into());
            let spawned = thread.spawn(move || {
                // The prompt may be over.
                let _ = sender.send((asked, ask()));
            });
            if spawned.is_ok() {
                self.open.push((key, Instant::now()));
            }
        }
    }

    fn answers(&mut self) -> Vec<(String, Vec<Choice>)> {
        let answers: Vec<_> = self.receiver.try_iter().collect();
        self.open.retain(|(key, since)| {
            since.elapsed() < PATIENCE && !answers.iter().any(|(answered, _)| answered == key)
        });
        answers
    }

    fn is_waiting(&self) -> bool {
        !self.open.is_empty()
    }
}

/// Where the prompt is drawn: standard output, or standard error when that is redirected.
#[derive(Debug, Clone, Copy)]
enum Output {
    Standard,
    Error,
}

impl Output {
    fn find() -> Option<Self> {
        if io::stdout().is_terminal() {
            Some(Self::Standard)
        } else if io::stderr().is_terminal() {
            Some(Self::Error)
        } else {
            None
        }
    }

    fn stream(self) -> Box<dyn Write> {
        match self {
            Self::Standard => Box::new(io::stdout()),
            Self::Error => Box::new(io::stderr()),
        }
    }
}

/// The terminal while it belongs to the prompt.
struct Screen {
    output: Output,
    is_open: Arc<AtomicBool>,
    signals: Signals,
}

impl Screen {
    fn open() -> Result<Self, PromptError> {
        let output = Output::find().ok_or(PromptError::NotATerminal)?;
        let is_open = Arc::new(AtomicBool::new(true));
        let opened = Arc::clone(&is_open);
        let screen = Self {
            output,
            is_open: Arc::clone(&is_open),
            signals: Signals::listen(move || close(output, &opened))?,
        };
        let (tell, owner) = (panic::take_hook(), thread::current().id());
        panic::set_hook(Box::new(move |panic| {
            // Another thread's panic costs a suggestion; the screen is still drawn on, and no place to tell of it.
            if thread::current().id() != owner && is_open.load(Ordering::Relaxed) {
                return;
            }
            // This one's tells what it has to tell on the screen that stays.
            close(output, &is_open);
            tell(panic);
        }));
        enable_raw_mode()?;
        execute!(output.stream(), EnterAlternateScreen, EnableBracketedPaste)?;
        Ok(screen)
    }
}

impl Drop for Screen {
    fn drop(&mut self) {
        close(self.output, &self.is_open);
        self.signals.end();
    }
}

/// Puts the terminal back, once. A terminal that is gone cannot be told.
fn close(output: Output, is_open: &AtomicBool) {
    if is_open.swap(false, Ordering::Relaxed) {
        let _ = execute!(
            output.stream(),
            DisableBracketedPaste,
            LeaveAlternateScreen,
            cursor::Show
        );
        let _ = disable_raw_mode();
    }
}
