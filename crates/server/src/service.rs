//! The service between HTTP and the partition: a checked request goes in, the JSON of its answer or a fault comes out.
//!
//! No rule of SWF is decided here; this is decode, hand over, wait, encode. Which operation goes where can be read off
//! [`Service::answer`].

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use everbeat_model::shape::to_json;
use everbeat_model::{
    ActivityTypeInfoList, ActivityTypeInfos, Count, DomainInfoList, DomainInfos, DomainName, Fault,
    FaultKind, Limits, ListTagsForResourceOutput, PendingTaskCount, Request, Run, Truncated,
    WorkflowTypeInfoList, WorkflowTypeInfos,
};
use everbeat_partition::authority::Place;
use everbeat_partition::{Answer, Asker, Call, CallId, DomainId, Input, Poll, Reader, Realm};
use everbeat_wire::Sealer;

use crate::access::Access;
use crate::access::check::Requester;
use crate::calls::{self, OwnRoute, Route};
use crate::clock::{Clock, WallClock};
use crate::connection::Caller;
use crate::pages::Pages;
use crate::partition_host::{PartitionHandle, Reply};
use crate::polls;
use crate::reads;
use crate::throttle::Throttle;
use crate::visibility;

/// Everything that answering a request takes. Shared by all connections.
pub(crate) struct Service {
    pub(crate) partition: PartitionHandle,
    pub(crate) reader: Arc<dyn Reader>,
    pub(crate) sealer: Sealer,
    /// The time of the executions.
    pub(crate) clock: Arc<Clock>,
    /// The time of everything else.
    pub(crate) wall: WallClock,
    /// How long a poll waits for a task.
    pub(crate) poll_hold: Duration,
    pub(crate) limits: Limits,
    pub(crate) throttle: Throttle,
    /// Who may do what: polls that wait end when their callers may do other things than before.
    access: Option<Arc<Access>>,
    next_call: AtomicU64,
}

/// For whom a request is carried out.
#[derive(Debug, Clone)]
pub(crate) struct Origin {
    /// The world that the caller sees.
    pub(crate) realm: Realm,
    /// Its rights; none if it may do everything.
    pub(crate) asker: Option<Asker>,
    pub(crate) requester: Arc<Requester>,
}

impl std::fmt::Debug for Service {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Service")
            .field("poll_hold", &self.poll_hold)
            .finish_non_exhaustive()
    }
}

impl Service {
    /// A service over a partition and the store behind it.
    pub(crate) fn new(
        partition: PartitionHandle,
        reader: Arc<dyn Reader>,
        sealer: Sealer,
        clock: Arc<Clock>,
        poll_hold: Duration,
        limits: Limits,
        throttle: Throttle,
        access: Option<Arc<Access>>,
    ) -> Self {
        Self {
            partition,
            reader,
            sealer,
            clock,
            wall: WallClock::start(),
            poll_hold,
            limits,
            throttle,
            access,
            next_call: AtomicU64::new(1),
        }
    }

    /// Carries out a request; the JSON of the answer, empty for operations without output.
    ///
    /// # Errors
    /// The fault that SWF answers.
    pub(crate) async fn answer(
        &self,
        origin: Origin,
        request: Request,
        caller: Caller,
    ) -> Result<String, Fault> {
        let operation = request.operation();
        let pages = Pages::of(self, &origin.realm, &request)?;
        let route = calls::route(request, &self.sealer, &pages)?;
        self.throttle
            .admit_to_run(&origin.realm, operation, &route)?;
        // What takes longer anyway stands apart, so that the future of the others is small.
        match route {
            Route::Call(call) => {
                let answer = self.call(origin, call, Some(caller)).await?;
                encode(answer, &pages)
            }
            Route::PollForActivityTask(poll) => {
                Box::pin(polls::activity_task(self, origin, poll, caller)).await
            }
            Route::PollForDecisionTask(poll, view) => {
                Box::pin(polls::decision_task(
                    self, origin, poll, view, caller, &pages,
                ))
                .await
            }
            Route::GetHistory(query) => Box::pin(reads::history(self, origin, query, &pages)).await,
            Route::List(list) => Box::pin(visibility::list(self, origin, list, &pages)).await,
            Route::Count(executions) => Box::pin(visibility::count(self, origin, executions)).await,
        }
    }

    /// Carries out one of Everbeat's own calls; the JSON of the answer.
    ///
    /// # Errors
    /// As [`Self::answer`].
    pub(crate) async fn answer_own(
        &self,
        origin: Origin,
        route: OwnRoute,
        caller: Caller,
    ) -> Result<String, Fault> {
        let call = match route {
            OwnRoute::Call(call) => call,
            OwnRoute::Clock(order) => {
                if let Some(Asker(authority)) = &origin.asker {
                    authority.permits_call(&Place::default())?;
                }
                let state = self.partition.move_clock(order)?.await;
                let state = state.map_err(|_| Fault::unavailable())??;
                return Ok(to_json(&state));
            }
        };
        match self.call(origin, call, Some(caller)).await? {
            Answer::Heartbeats(heartbeats) => Ok(to_json(&heartbeats)),
            Answer::Waits(waits) => Ok(to_json(&*waits)),
            other => Err(unexpected(&other)),
        }
    }

    /// A call to the partition.
    pub(crate) async fn call(&self, origin: Origin, call: Call, caller: Option<Caller>) -> Reply {
        let id = self.next_call_id();
        let Origin { realm, asker, .. } = origin;
        let input = Input::Call {
            id,
            realm,
            call,
            asker,
        };
        let reply = self.partition.send(id, input, caller)?;
        reply.await.unwrap_or_else(|_| Err(Fault::unavailable()))
    }

    /// The number of a domain; a fault if there is none of that name.
    pub(crate) async fn domain_id(
        &self,
        origin: &Origin,
        name: &DomainName,
    ) -> Result<DomainId, Fault> {
        match self
            .call(origin.clone(), Call::FindDomain(name.clone()), None)
            .await?
        {
            Answer::DomainId(id) => Ok(id),
            other => Err(unexpected(&other)),
        }
    }

    /// A poll that waits for at most the hold time.
    pub(crate) async fn poll(&self, origin: Origin, poll: Poll, caller: Caller) -> Reply {
        let id = self.next_call_id();
        let Origin {
            realm,
            asker,
            requester,
        } = origin;
        let input = Input::Poll {
            id,
            realm,
            poll,
            asker,
        };
        let mut reply = self.partition.send(id, input, Some(caller.clone()))?;
        let answer = tokio::select! {
            answer = &mut reply => answer,
            () = tokio::time::sleep(self.poll_hold) => {
                // The partition has the last word: a task may just have come.
                self.partition.end_poll(id);
                reply.await
            }
            () = self.rights_changed(&requester) => {
                self.partition.end_poll(id);
                reply.await
            }
            () = caller.gone() => {
                self.partition.end_poll(id);
                reply.await
            }
        };
        answer.unwrap_or_else(|_| Err(Fault::unavailable()))
    }

    /// Ends when the caller may do other things than when it called.
    async fn rights_changed(&self, requester: &Requester) {
        match (&self.access, &requester.identity) {
            (Some(access), Some(identity)) => access.changed_for(identity).await,
            (None, _) | (_, None) => std::future::pending().await,
        }
    }

    fn next_call_id(&self) -> CallId {
        CallId(self.next_call.fetch_add(1, Ordering::Relaxed))
    }
}

/// An answer that does not belong to its call: a defect of ours, never the caller's.
pub(crate) fn unexpected(answer: &Answer) -> Fault {
    tracing::error!(
        ?answer,
        "the partition gave an answer that does not fit the call"
    );
    FaultKind::InternalFailure.bare()
}

/// The JSON of the answers that need nothing but the partition.
fn encode(answer: Answer, pages: &Pages<'_>) -> Result<String, Fault> {
    Ok(match answer {
        Answer::Nothing => String::new(),
        Answer::Run(run_id) => to_json(&Run {
            run_id: Some(run_id),
        }),
        Answer::Heartbeat { cancel_requested } => calls::heartbeat_answer(cancel_requested),
        Answer::Domain(detail) => to_json(&detail),
        Answer::Domains(infos, next) => to_json(&DomainInfos {
            domain_infos: DomainInfoList(infos),
            next_page_token: pages.next(next),
        }),
        Answer::WorkflowType(detail) => to_json(&*detail),
        Answer::ActivityType(detail) => to_json(&*detail),
        Answer::WorkflowTypes(infos, next) => to_json(&WorkflowTypeInfos {
            type_infos: WorkflowTypeInfoList(infos),
            next_page_token: pages.next(next.map(calls::type_position)),
        }),
        Answer::ActivityTypes(infos, next) => to_json(&ActivityTypeInfos {
            type_infos: ActivityTypeInfoList(infos),
            next_page_token: pages.next(next.map(calls::type_position)),
        }),
        Answer::Tags(tags) => to_json(&ListTagsForResourceOutput { tags: Some(tags) }),
        Answer::Execution(detail) => to_json(&*detail),
        Answer::Count(count) => to_json(&PendingTaskCount {
            count: Count(i32::try_from(count).unwrap_or(i32::MAX)),
            truncated: Some(Truncated(false)),
        }),
        Answer::DomainId(_)
        | Answer::Heartbeats(_)
        | Answer::Waits(_)
        | Answer::DecisionTask(_)
        | Answer::ActivityTask(_)
        | Answer::NoTask => {
            return Err(unexpected(&answer));
        }
    })
}
