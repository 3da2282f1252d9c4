//! The page tokens of one request: what they are bound to, and where they lead (protocol.md section 5.4).

use everbeat_model::{Fault, PageToken as PageTokenText, Request, shape::to_json};
use everbeat_partition::Realm;
use everbeat_wire::{PageToken, PageTokenError, Sealer};

use crate::service::Service;

/// Paging of one request.
pub(crate) struct Pages<'a> {
    sealer: &'a Sealer,
    now_ms: i64,
    /// What the tokens of this request are bound to: operation, realm and all arguments but token, page size and
    /// identity. None for operations that do not page.
    call: Option<String>,
    /// Where this page begins, unless it is the first.
    pub(crate) position: Option<String>,
    /// At most so many entries.
    pub(crate) size: usize,
}

/// A request without what may differ between pages, and what it had there.
struct Unpaged {
    arguments: String,
    token: Option<PageTokenText>,
    size: Option<i32>,
}

impl<'a> Pages<'a> {
    /// The paging of a request.
    pub(crate) fn of(
        service: &'a Service,
        realm: &Realm,
        request: &Request,
    ) -> Result<Self, Fault> {
        let limits = &service.limits;
        let most = usize::try_from(limits.page_entries).unwrap_or(usize::MAX);
        let mut pages = Self {
            sealer: &service.sealer,
            now_ms: service.wall.now().0,
            call: None,
            position: None,
            size: most,
        };
        if let Some(unpaged) = unpaged(request) {
            let Realm { account, region } = realm;
            let operation = request.operation();
            let call = format!("{operation}\n{account}\n{region}\n{}", unpaged.arguments);
            if let Some(token) = unpaged.token {
                let lifetime = limits.page_token_seconds;
                let page = PageToken::open(pages.sealer, &token, &call, pages.now_ms, lifetime)
                    .map_err(fault)?;
                pages.position = Some(page.position);
            }
            pages.call = Some(call);
            let size = unpaged
                .size
                .and_then(|size| usize::try_from(size).ok())
                .filter(|size| *size > 0);
            pages.size = size.unwrap_or(most);
        }
        Ok(pages)
    }

    /// The token of the page at `position`; none after the last page.
    pub(crate) fn next(&self, position: Option<String>) -> Option<PageTokenText> {
        let (position, call) = (position?, self.call.as_deref()?);
        Some(
            PageToken { position }
                .seal(self.sealer, call, self.now_ms)
                .into(),
        )
    }
}

fn fault(error: PageTokenError) -> Fault {
    match error {
        PageTokenError::Invalid => Fault::invalid_token(),
        PageTokenError::Expired => {
            Fault::validation("Specified token has exceeded its maximum lifetime")
        }
    }
}

/// Takes token, page size and identity out of a request that pages.
fn unpaged(request: &Request) -> Option<Unpaged> {
    macro_rules! take {
        ($input:expr) => {{
            let mut input = $input.clone();
            let token = input.next_page_token.take();
            let size = input.maximum_page_size.take().map(|size| size.0);
            // The default said aloud is the default.
            input.reverse_order = input.reverse_order.filter(|reverse| reverse.0);
            Some(Unpaged {
                arguments: to_json(&input),
                token,
                size,
            })
        }};
    }
    match request {
        Request::GetWorkflowExecutionHistory(input) => take!(input),
        Request::ListActivityTypes(input) => take!(input),
        Request::ListClosedWorkflowExecutions(input) => take!(input),
        Request::ListDomains(input) => take!(input),
        Request::ListOpenWorkflowExecutions(input) => take!(input),
        Request::ListWorkflowTypes(input) => take!(input),
        Request::PollForDecisionTask(input) => {
            let mut input = input.clone();
            input.identity = None;
            input.start_at_previous_started_event =
                input.start_at_previous_started_event.filter(|from| from.0);
            take!(input)
        }
        _ => None,
    }
}
