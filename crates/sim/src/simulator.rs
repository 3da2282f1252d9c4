//! A world from a seed: one partition over a store that fails, random clients, and a clock that jumps.
//!
//! It has two parts. First anything may happen, and the auditor watches over safety. Then the world heals: no more
//! faults, patient pollers, deciders that complete their runs; now every run must come to its end.

use std::collections::{BTreeMap, BTreeSet};

use everbeat_model::{DomainName, Limits, RateSettings, Timestamp};
use everbeat_partition::rows::DomainId;
use everbeat_partition::store::{Reader, Store};
use everbeat_partition::{Answer, Input, Settings, Target};
use everbeat_store::FaultyStore;

use crate::auditor::Auditor;
use crate::clients::{Clients, Names};
use crate::faults::{Faults, Rates};
use crate::host::{BatchEnd, Crash, Discipline, Host};
use crate::random::Random;
use crate::requests;
use crate::trace::Trace;

/// When every simulation begins.
const ORIGIN: Timestamp = Timestamp(1_700_000_000_000);
/// The healed world must have closed all runs after so many rounds.
const MOST_ROUNDS: usize = 3000;
/// A round of it in which something is answered takes so many milliseconds.
const ROUND_MS: i64 = 500;

/// What a simulation came to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Report {
    /// Fingerprint of everything that happened.
    pub hash: u64,
    /// Number of runs that were started.
    pub runs: usize,
    /// Number of events of all of them.
    pub events: usize,
    /// Number of times that the partition was made anew from the store.
    pub recoveries: u64,
    /// The types of these events.
    pub event_types: BTreeSet<&'static str>,
}

/// What is drawn from the seed before anything happens.
#[derive(Debug)]
struct Options {
    limits: Limits,
    cache_bytes: usize,
    rates: Rates,
    /// Crashes, in so many of a thousand batches.
    crashes: u64,
    workflow_ids: u64,
    most_inputs: u64,
    /// What a batch delivers at most.
    most_messages: usize,
    calls_functions: bool,
}

impl Options {
    fn draw(random: &mut Random) -> Self {
        let mut pick = |choices: &[u64]| random.pick(choices).copied().unwrap_or(0);
        Self {
            limits: Limits {
                events_per_history: pick(&[25_000, 25_000, 60, 20]),
                pollers_per_task_list: pick(&[1000, 1000, 2]),
                open_executions_per_domain: pick(&[1000, 1000, 4]),
                open_children: pick(&[1000, 1000, 1]),
                ..Limits::default()
            },
            cache_bytes: usize::try_from(pick(&[0, 10_000, 40_000, 1 << 30])).unwrap_or(0),
            rates: Rates {
                commit_fails: pick(&[0, 5, 30]),
                commit_reply_lost: pick(&[0, 5, 30]),
                load_fails: pick(&[0, 0, 5, 20]),
            },
            crashes: pick(&[0, 2, 10, 30]),
            workflow_ids: pick(&[2, 6, 12]),
            most_inputs: pick(&[1, 3, 8]),
            most_messages: usize::try_from(pick(&[1024, 5, 2, 1])).unwrap_or(1),
            calls_functions: pick(&[1, 1, 1, 0]) == 1,
        }
    }

    fn auditor(&self, domains: BTreeMap<DomainId, DomainName>, now: Timestamp) -> Auditor {
        Auditor::new(domains, self.limits.clone(), self.calls_functions, now)
    }
}

/// A world.
pub struct Simulator<S, R> {
    random: Random,
    options: Options,
    faults: Faults,
    host: Host<S>,
    reader: R,
    clients: Clients,
    auditor: Auditor,
    now: Timestamp,
    trace: Trace,
    recoveries: u64,
}

impl<S: Store, R: Reader> Simulator<S, R> {
    /// The world of a seed over an empty store and a reader of it.
    ///
    /// # Errors
    /// When the partition does not even come up.
    pub fn new(seed: u64, store: S, reader: R, discipline: Discipline) -> Result<Self, String> {
        let mut random = Random::new(seed);
        let options = Options::draw(&mut random);
        let faults = Faults::new(random.split(), Rates::default());
        let plan = faults.clone();
        let settings = Settings {
            limits: options.limits.clone(),
            rates: RateSettings::default(),
            keep_closed: false,
            calls_functions: options.calls_functions,
            watches_work: false,
            cache_bytes: options.cache_bytes,
            recovered_at: ORIGIN,
            seed,
        };
        let names = Names {
            domains: vec!["bank".into(), "shop".into()],
            lists: vec!["main".into(), "side".into()],
            workflow_ids: options.workflow_ids,
        };
        let auditor = options.auditor(BTreeMap::new(), ORIGIN);
        let store = FaultyStore::new(store, move |call| plan.next(call));
        let mut simulator = Self {
            host: Host::new(store, settings, discipline, options.most_messages),
            clients: Clients::new(random.split(), names),
            faults,
            reader,
            auditor,
            now: ORIGIN,
            trace: Trace::default(),
            recoveries: 0,
            random,
            options,
        };
        simulator.register()?;
        simulator.faults.set(simulator.options.rates);
        Ok(simulator)
    }

    /// Registers domains and types, which needs no audit.
    fn register(&mut self) -> Result<(), String> {
        self.recover()?;
        let names = self.clients.domains();
        let inputs = self.clients.registrations();
        let end = self.host.batch(inputs, self.now, None)?;
        let mut domains: BTreeMap<DomainId, _> = BTreeMap::new();
        for (_, reply) in end.replies {
            let answer = reply.map_err(|fault| fault.to_string())?;
            if let (Answer::DomainId(id), Some(name)) = (answer, names.get(domains.len())) {
                domains.insert(id, name.clone());
            }
        }
        self.auditor = self.options.auditor(domains, self.now);
        Ok(())
    }

    /// One step of the part in which anything may happen.
    ///
    /// # Errors
    /// The promise that was broken.
    pub fn step(&mut self) -> Result<(), String> {
        self.pass_time();
        if !self.host.is_up() {
            return self.recover();
        }
        let count = 1 + self.random.below(self.options.most_inputs);
        let mut inputs: Vec<Input> = (0..count).map(|_| self.clients.act()).collect();
        if self.random.in_thousand(50)
            && let Some(poll) = self.clients.some_poll()
        {
            self.host.hang_up(poll);
            self.auditor.hung_up(poll);
        }
        let is_due = self.host.next_wake().is_some_and(|at| at <= self.now);
        if is_due && self.random.in_thousand(800) {
            let at = self.random.index(inputs.len() + 1);
            inputs.insert(at, Input::Wake);
        }
        let crash = match self.random.below(1000) {
            draw if draw < self.options.crashes => Some(Crash::BeforeCommit),
            draw if draw < 2 * self.options.crashes => Some(Crash::AfterCommit),
            _ => None,
        };
        self.batch(inputs, crash).map(|_| ())
    }

    /// Mostly a little, sometimes to the next deadline, now and then far.
    fn pass_time(&mut self) {
        let passed = match self.random.below(20) {
            0..8 => 0,
            8..14 => self.random.below(50),
            14..17 => self.random.below(4000),
            17..19 => {
                let next = self.host.next_wake().unwrap_or(self.now);
                u64::try_from(next.0 - self.now.0).unwrap_or(0)
            }
            _ => self.random.below(400_000),
        };
        self.now = Timestamp(self.now.0 + i64::try_from(passed).unwrap_or(0));
    }

    fn recover(&mut self) -> Result<(), String> {
        let seed = self.random.number();
        if self.host.recover(self.now, seed)? {
            self.recoveries += 1;
            self.auditor.recovered(self.now);
        }
        Ok(())
    }

    /// Sends inputs as one batch; false when the partition was lost with it.
    fn batch(&mut self, inputs: Vec<Input>, crash: Option<Crash>) -> Result<bool, String> {
        self.trace.note(&(self.now.0, &inputs, crash));
        for input in &inputs {
            self.auditor.sent(input);
        }
        let end = self.host.batch(inputs, self.now, crash)?;
        self.trace.note(&end);
        for (id, reply) in &end.replies {
            self.clients.replied(*id, reply);
        }
        self.clients.invoked(&end.invocations);
        if end.dropped.is_some() {
            self.clients.disconnected();
        }
        self.audit(&end)?;
        Ok(end.dropped.is_none())
    }

    fn audit(&mut self, end: &BatchEnd) -> Result<(), String> {
        self.auditor.batch_ended(end, &self.reader, self.now)?;
        if end.dropped.is_none() {
            self.auditor.check_nobody_waits()?;
            if self.host.next_wake().is_some_and(|at| at > self.now) {
                self.auditor.check_nothing_due(self.now)?;
                self.auditor.check_nothing_on_its_way()?;
            }
        }
        Ok(())
    }

    /// Heals the world and lets it come to rest.
    ///
    /// # Errors
    /// The promise that was broken, or what does not come to its end.
    pub fn heal(&mut self) -> Result<(), String> {
        self.faults.set(Rates::default());
        if !self.host.is_up() {
            self.recover()?;
        }
        let ends = self.clients.take_polls().into_iter().map(Input::EndPoll);
        self.batch(ends.collect(), None)?;
        let signals = self.signals();
        self.batch(signals, None)?;
        for _ in 0..MOST_ROUNDS {
            let is_still = self.host.next_wake().is_some_and(|at| at > self.now);
            if is_still && self.auditor.open_executions().next().is_none() {
                return self.check_rest();
            }
            self.round()?;
        }
        let open = self.auditor.open_executions().next();
        Err(format!("{open:?} does not come to its end"))
    }

    /// Wakes all open runs up.
    fn signals(&mut self) -> Vec<Input> {
        let open = self.auditor.open_executions();
        let targets: Vec<Target> = open
            .map(|(domain, execution)| Target {
                domain: domain.clone(),
                workflow_id: execution.workflow_id.clone(),
                run_id: None,
            })
            .collect();
        targets
            .into_iter()
            .map(|target| requests::signal(self.clients.next_id(), target))
            .collect()
    }

    /// Pollers wait on every list; what they get is answered at once. When nothing happens, time moves on.
    fn round(&mut self) -> Result<(), String> {
        let missing = self.clients.missing_polls();
        let mut inputs = self.clients.finish_tasks();
        let is_idle = inputs.is_empty() && missing.is_empty();
        inputs.extend(missing);
        let next = match self.host.next_wake() {
            Some(next) if is_idle => next,
            Some(_) | None => Timestamp(self.now.0 + ROUND_MS),
        };
        self.now = self.now.max(next);
        inputs.push(Input::Wake);
        self.batch(inputs, None).map(|_| ())
    }

    /// No run is open: nothing may wait any more, and all histories are as they were.
    fn check_rest(&mut self) -> Result<(), String> {
        self.auditor.check_all_histories(&self.reader)?;
        let start = self.host.store().load_start(Timestamp(i64::MAX));
        let start = start.map_err(|error| error.to_string())?;
        for (what, count) in [
            ("tasks", start.tasks.len()),
            ("deadlines", start.deadlines.len()),
            ("open runs", start.open_runs.len()),
            ("messages", start.messages.len()),
        ] {
            if count > 0 {
                return Err(format!("{count} {what} are left although no run is open"));
            }
        }
        Ok(())
    }

    /// What came of it.
    pub fn report(&self) -> Report {
        let (runs, events) = self.auditor.size();
        Report {
            hash: self.trace.hash(),
            runs,
            events,
            recoveries: self.recoveries,
            event_types: self.auditor.event_types().clone(),
        }
    }
}
