//! The text language of the stories.
//!
//! A story is one file: a script, the answers it got (lines with `=>`), and what came of it, from the line `history` on.
//! Answers and history are written by the runner when EVERBEAT_BLESS=1 is set; a person reads the difference.
//!
//! ```text
//! # A comment.
//! brief WorkflowExecutionStarted DecisionTaskScheduled    these events are shown without attributes, as `...`
//! workflow-type NAME/VERSION [deprecated] [defaults]      registers a type, or changes it
//! activity-type NAME/VERSION [deprecated] [defaults]
//! limit open_timers=2
//! deny StartTimer                                         from here on the decision is not permitted; also `allow`
//! at 0s    start [members]                                workflow-id=o-1 workflow-type=order/1.0 unless given
//! at 0s    poll decision-task [identity=...]              takes the task that waits
//! at 1s    decide [members of the response]               one response; without `token=` to the task last started
//!            StartTimer timer-id=t1 start-to-fire=60      its decisions; a line that starts with a blank goes on
//! at 1s    activity a1 poll|heartbeat|complete|fail|cancel [members]      the task last scheduled with that id
//! at 1s    activity a1 complete token=5/6                 token of scheduled and started event, here and in `decide`
//! at 1s    signal|request-cancel|terminate [members]
//! at 61s   due                                            all deadlines that have passed take effect, one by one
//! at 61s   recover                                        the server starts again after it was down
//! at 61s   describe
//! ```
//!
//! A story may tell of several executions. A command with `WORKFLOW-ID:` in front of it is for that one, or with
//! `WORKFLOW-ID/RUN-ID:` for that run; all others are for `o-1`. Runs of `o-1` are R1, R2 and so on, those of `c` C1, C2.
//!
//! ```text
//! at 0s    c: start                                       also `c: poll decision-task` and so on
//! at 2s    deliver                                        all messages, in the order of their events; or `deliver 1`
//! at 2s    lambda f1 complete|fail [members]              the call of the function of that id has ended
//! functions on                                            Lambda functions can be called; also `off`
//! rate StartTimer=1                                       so many in one response; also `rate list:work=1`, and `off`
//! ```
//!
//! A message is what an event of one execution asks of another one, or of the Lambda service; `deliver` answers with that
//! event and with whom it reached: `p/P1 5 reached c/C1`. Lambda tasks are started by it, too.
//!
//! Each request is made into JSON and read with all the checks of the wire, so that a refusal may be a
//! ValidationException. Nothing is due or delivered by itself: a script says `due` and `deliver` where the partition
//! would see to it.
//!
//! Members and attributes are words `name=value`. The name is the wire name in kebab case, without a leading
//! `default-` and a trailing `-event-id` or `-timeout`; `decisionTaskCompletedEventId` is `completed`. A value stands
//! as it is, in quotes when it is empty or has blanks. The parts of a type and of an execution are joined by `/`, the
//! elements of a list by `,`. Instants are told relative to the beginning of the story.
//!
//! The history has one line an event: id, time, type, and all attributes in the order of SWF's model. Instead of the
//! time stands `+` when the event belongs to the same commit as the one before. After it come the tasks that wait and
//! the next deadline. With several runs, each has its name in front. Messages that still wait stand at the end, each as
//! the event that it comes from.

use everbeat_model::{
    ActivityTypeConfiguration, DecisionType, EventType, HistoryEvent, Timestamp, WorkflowExecution,
    WorkflowTypeConfiguration,
};

use crate::domain::{Domain, WORKFLOW_ID};
use crate::execution::Execution;
use crate::outcome;
use crate::words::{self, decision_type, read_shape, registration};
use crate::world::World;

/// What came of a story.
pub(crate) struct Told {
    /// The whole story with the answers and the history it should have.
    pub(crate) text: String,
    pub(crate) events: Vec<HistoryEvent>,
    /// Types of the decisions that were made, in any outcome.
    pub(crate) decisions: Vec<DecisionType>,
}

/// Plays the script of a story.
pub(crate) fn tell(story: &str) -> Told {
    let is_script = |line: &&str| !line.trim_start().starts_with("=>");
    let script = story.lines().take_while(|line| *line != "history");
    let mut lines = script.filter(is_script).peekable();
    let mut teller = Teller::new();
    let mut text = String::new();
    while let Some(line) = lines.next() {
        let mut command = line.to_owned();
        while let Some(more) = lines.next_if(|line| line.starts_with(' ')) {
            command = command + "\n" + more;
        }
        text = text + &command + "\n";
        if !line.is_empty() && !line.starts_with('#') {
            teller.obey(&words::split(&command));
        }
        for answer in teller.answers.drain(..) {
            text = text + "         => " + &answer + "\n";
        }
    }
    let runs = teller.domain.runs.iter();
    let events = runs.flat_map(|run| run.events.iter().cloned());
    Told {
        text: text + &outcome::show(&teller.domain, &teller.brief),
        events: events.collect(),
        decisions: teller.decisions,
    }
}

pub(crate) struct Teller {
    pub(crate) domain: Domain,
    /// Workflow id of the execution that the command is for, and its run id if that is told.
    pub(crate) subject: (String, Option<String>),
    pub(crate) now: Timestamp,
    pub(crate) answers: Vec<String>,
    pub(crate) decisions: Vec<DecisionType>,
    brief: Vec<EventType>,
}

impl Teller {
    fn new() -> Self {
        Self {
            domain: Domain::new(World::new()),
            subject: (WORKFLOW_ID.into(), None),
            now: words::ORIGIN,
            brief: Vec::new(),
            answers: Vec::new(),
            decisions: Vec::new(),
        }
    }

    fn obey(&mut self, line: &[&str]) {
        match line {
            ["at", time, command @ ..] => {
                self.now = words::read_time(time);
                let command = self.address(command);
                if let Err(fault) = self.command(command) {
                    self.answers.push(format!("refused {fault}"));
                }
            }
            ["brief", types @ ..] => self.brief.extend(types.iter().map(|name| {
                EventType::from_name(name).unwrap_or_else(|| panic!("no event is called {name}"))
            })),
            setting => self.set(setting),
        }
    }

    /// What surrounds the executions from here on.
    fn set(&mut self, setting: &[&str]) {
        let world = &mut self.domain.world;
        match setting {
            ["workflow-type", name, defaults @ ..] => {
                let (status, defaults) = registration::<WorkflowTypeConfiguration>(defaults);
                world.register_workflow_type(read_shape(name), status, defaults);
            }
            ["activity-type", name, defaults @ ..] => {
                let (status, defaults) = registration::<ActivityTypeConfiguration>(defaults);
                world.register_activity_type(read_shape(name), status, defaults);
            }
            ["limit", limit] => {
                let (name, value) = words::pair(limit);
                let value = value.parse().expect("a limit is a number");
                assert!(world.limits.set(name, value), "no limit is called {name}");
            }
            ["rate", rate] => set_rate(world, rate),
            ["functions", "on"] => world.calls_functions = true,
            ["functions", "off"] => world.calls_functions = false,
            ["deny", name] => world.denied.push(decision_type(name)),
            ["allow", name] => {
                let allowed = decision_type(name);
                world.denied.retain(|denied| *denied != allowed);
            }
            _ => panic!("cannot obey {setting:?}"),
        }
    }

    /// Whom the command is for; the rest of the command.
    fn address<'a, 'b>(&mut self, command: &'b [&'a str]) -> &'b [&'a str] {
        let name = command.first().and_then(|word| word.strip_suffix(':'));
        let (workflow_id, run_id) = match name.map(|name| name.split_once('/').ok_or(name)) {
            None => (WORKFLOW_ID, None),
            Some(Err(workflow_id)) => (workflow_id, None),
            Some(Ok((workflow_id, run_id))) => (workflow_id, Some(run_id.to_owned())),
        };
        self.subject = (workflow_id.to_owned(), run_id);
        &command[usize::from(name.is_some())..]
    }

    /// The run that the command is for.
    pub(crate) fn index(&self) -> usize {
        let (workflow_id, run_id) = &self.subject;
        let run = match run_id {
            Some(run_id) => self.domain.find_run(&WorkflowExecution {
                workflow_id: workflow_id.as_str().into(),
                run_id: run_id.as_str().into(),
            }),
            None => self.domain.find(workflow_id),
        };
        run.unwrap_or_else(|| panic!("there is no {:?}", self.subject))
    }

    pub(crate) fn execution(&self) -> &Execution {
        &self.domain.runs[self.index()]
    }
}

fn set_rate(world: &mut World, rate: &str) {
    let (name, room) = words::pair(rate);
    let room = (room != "off").then(|| room.parse().expect("a rate is a number"));
    match (name.strip_prefix("list:"), room) {
        (Some(list), Some(room)) => {
            world.list_rates.insert(list.into(), room);
        }
        (Some(list), None) => {
            world.list_rates.remove(list);
        }
        (None, Some(room)) => {
            world.rates.insert(decision_type(name), room);
        }
        (None, None) => {
            world.rates.remove(&decision_type(name));
        }
    }
}
