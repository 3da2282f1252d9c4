//! Callers whose rights are looked at: what is asked of their policies, and that a refusal leaves no trace.

use std::sync::{Arc, Mutex};

use everbeat_model::{DecisionType, Fault, FaultKind};
use everbeat_partition::authority::{AskedDecision, Place};
use everbeat_partition::{Asker, Authority, Call, Input, Poll, RegistryCall};

use crate::host::{Host, Reply};
use crate::words::{
    self, ACTIVITY, DECISION, DOMAIN, MAIN, WORK, complete, decide, heartbeat, list, realm,
    schedule, schedule_activity, signal, start, start_timer, to_task,
};

/// Refuses calls or types of decisions, and notes what it was asked.
#[derive(Debug, Default)]
struct Rights {
    refuses_calls: bool,
    refuses: Vec<DecisionType>,
    asked: Mutex<Vec<String>>,
}

impl Rights {
    fn asked(&self) -> Vec<String> {
        self.asked.lock().expect("no panic before").clone()
    }

    fn note(&self, text: String) {
        self.asked.lock().expect("no panic before").push(text);
    }
}

fn refusal() -> Fault {
    FaultKind::AccessDeniedException.bare()
}

impl Authority for Rights {
    fn permits_call(&self, place: &Place<'_>) -> Result<(), Fault> {
        let domain = place.domain.map(|domain| domain.name.as_str());
        let task_list = place.default_task_list.map(|list| list.as_str());
        let task = place
            .activity_task
            .map(|task| (&*task.activity_type.name, task.task_list.as_str()));
        self.note(format!("{domain:?} {task_list:?} {task:?}"));
        if self.refuses_calls {
            Err(refusal())
        } else {
            Ok(())
        }
    }

    fn permits_decision(&self, asked: &AskedDecision<'_>) -> bool {
        let decision_type = asked.decision.decision_type();
        let task_list = asked.default_task_list.map(|list| list.as_str());
        self.note(format!(
            "{} {} {task_list:?}",
            decision_type.as_str(),
            asked.domain.name
        ));
        !self.refuses.contains(&decision_type)
    }
}

fn nothing() -> Arc<Rights> {
    Arc::new(Rights {
        refuses_calls: true,
        ..Rights::default()
    })
}

fn call_as(host: &mut Host, rights: &Arc<Rights>, call: Call) -> Reply {
    let id = host.next_id();
    let rights: Arc<dyn Authority> = rights.clone();
    host.handle(vec![Input::Call {
        id,
        realm: realm(),
        call,
        asker: Some(Asker(rights)),
    }]);
    host.reply(id).expect("calls do not wait")
}

#[test]
fn a_refused_call_changes_nothing() {
    let mut host = Host::new();
    host.call(start("o-1")).expect("it starts");
    let before = host.history("o-1");
    let rights = nothing();
    let domain = words::domain("other", "1");
    for call in [
        start("o-2"),
        signal("o-1"),
        Call::FindDomain(DOMAIN.into()),
        Call::Registry(RegistryCall::DeprecateDomain(DOMAIN.into())),
        Call::Registry(domain),
    ] {
        assert_eq!(call_as(&mut host, &rights, call), Err(refusal()));
    }
    assert_eq!(host.history("o-1"), before);
    assert_eq!(
        rights.asked(),
        [
            r#"Some("shop") Some("main") None"#,
            r#"Some("shop") None None"#,
            r#"Some("shop") None None"#,
            r#"Some("shop") None None"#,
            "None None None",
        ]
    );
    assert!(host.call(Call::FindDomain("other".into())).is_err());
}

/// Who may not ask does not learn whether the domain is there.
#[test]
fn the_refusal_comes_before_the_unknown_domain() {
    let mut host = Host::new();
    let refused = call_as(&mut host, &nothing(), Call::FindDomain("nowhere".into()));
    assert_eq!(refused, Err(refusal()));
}

#[test]
fn a_refused_poll_takes_no_task() {
    let mut host = Host::new();
    host.call(start("o-1")).expect("it starts");
    let id = host.next_id();
    host.handle(vec![Input::Poll {
        id,
        realm: realm(),
        poll: Poll {
            kind: DECISION,
            domain: DOMAIN.into(),
            task_list: MAIN.into(),
            identity: None,
        },
        asker: Some(Asker(nothing())),
    }]);
    assert_eq!(host.reply(id), Some(Err(refusal())));
    assert_eq!(host.rows.tasks.len(), 1);
}

/// Its clock is not reset and its details are not kept (protocol.md section 7.7).
#[test]
fn a_refused_heartbeat_leaves_no_trace() {
    let mut host = Host::new();
    let task = host.begin("o-1");
    let mut activity = schedule("a-1");
    activity.heartbeat_timeout = words::seconds("10");
    host.decide(
        &task,
        vec![everbeat_model::Decision::ScheduleActivityTask(activity)],
    );
    let task = host.take_activity(WORK);
    let rights = nothing();
    host.advance(9);
    let refused = call_as(&mut host, &rights, heartbeat(&task, "half"));
    assert_eq!(refused, Err(refusal()));
    assert!(host.rows.heartbeats.is_empty());
    assert_eq!(
        rights.asked(),
        [r#"Some("shop") None Some(("ship", "work"))"#]
    );
    host.advance(1);
    assert_eq!(host.count("o-1", "ActivityTaskTimedOut"), 1);
}

#[test]
fn a_token_without_a_task_is_unknown_before_it_is_refused() {
    let mut host = Host::new();
    let task = host.begin("o-1");
    let mut reference = task.reference();
    reference.run_id = "of another store".into();
    let rights = nothing();
    let command = everbeat_engine::Command::CompleteDecisionTask {
        task: task.task,
        response: Box::default(),
    };
    let refused = call_as(&mut host, &rights, to_task(reference, command));
    assert_eq!(
        refused.map_err(|fault| fault.kind),
        Err(FaultKind::UnknownResourceFault)
    );
    assert_eq!(rights.asked(), Vec::<String>::new());
}

#[test]
fn a_refused_decision_fails_and_the_others_stand() {
    let mut host = Host::new();
    let task = host.begin("o-1");
    let rights = Arc::new(Rights {
        refuses: vec![DecisionType::StartTimer],
        ..Rights::default()
    });
    let mut elsewhere = schedule("a-2");
    elsewhere.task_list = list("elsewhere");
    let decisions = vec![
        start_timer("t-1", "10"),
        schedule_activity("a-1"),
        everbeat_model::Decision::ScheduleActivityTask(elsewhere),
        words::start_child("c-1"),
    ];
    let answer = call_as(&mut host, &rights, decide(&task, decisions));
    assert_eq!(answer, Ok(everbeat_partition::Answer::Nothing));
    assert_eq!(host.count("o-1", "StartTimerFailed"), 1);
    assert_eq!(host.count("o-1", "ActivityTaskScheduled"), 2);
    assert_eq!(host.count("o-1", "StartChildWorkflowExecutionInitiated"), 1);
    assert_eq!(
        rights.asked(),
        [
            r#"Some("shop") None None"#,
            "StartTimer shop None",
            r#"ScheduleActivityTask shop Some("work")"#,
            r#"ScheduleActivityTask shop Some("work")"#,
            r#"StartChildWorkflowExecution shop Some("main")"#,
        ]
    );
    let id = host.poll(ACTIVITY, WORK);
    assert!(host.reply(id).is_some(), "the activity task waits");
}

/// The execution stays open and gets a new decision task.
#[test]
fn a_refused_close_does_not_close() {
    let mut host = Host::new();
    let task = host.begin("o-1");
    let rights = Arc::new(Rights {
        refuses: vec![DecisionType::CompleteWorkflowExecution],
        ..Rights::default()
    });
    call_as(&mut host, &rights, decide(&task, vec![complete()])).expect("the call is good");
    assert_eq!(host.count("o-1", "CompleteWorkflowExecutionFailed"), 1);
    let task = host.take_decision(MAIN);
    host.decide(&task, vec![complete()]);
    assert_eq!(host.count("o-1", "WorkflowExecutionCompleted"), 1);
}
