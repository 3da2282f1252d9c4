//! The calls of one operation: sent, tried again where that may help, read through the model, and shown page by page.

use everbeat_client::{Answer, Attempt, CallError, Client, HeaderMap, Prepared};
use everbeat_json::{Json, compact, python};
use everbeat_model::operations::OperationDescriptor;

use crate::answer::{self, Timestamps};
use crate::debug::Log;
use crate::exit::Failure;
use crate::paginate::Pages;
use crate::retry;
use crate::settings::Retries;
use crate::show::Show;
use crate::validate::for_the_wire;

const RETRIES: &str = "botocore.retries.standard";

/// Sends the calls of one operation.
pub(crate) struct Caller {
    pub(crate) client: Client,
    pub(crate) operation: &'static OperationDescriptor,
    pub(crate) retries: Retries,
    /// A read time-out is a reason to try again. Not for a poll that nobody set a time-out for: the service may have
    /// handed a task to the connection that was given up.
    pub(crate) reads_again: bool,
    pub(crate) timestamps: Timestamps,
    pub(crate) log: Log,
}

impl Caller {
    /// The calls for all pages, shown as they come or merged, as the format has it.
    ///
    /// # Errors
    /// A call, the query or the format fails, or the service gave the same token twice.
    pub(crate) async fn show_pages(
        &self,
        request: &Json,
        mut pages: Pages,
        show: &mut Show<'_>,
    ) -> Result<(), Failure> {
        let mut is_first = true;
        while !show.closed {
            let answer = self.call(&pages.request(request)).await?;
            let page = pages.take(answer);
            show.as_it_comes(&pages, &page, is_first)?;
            is_first = false;
            if !pages.goes_on()? {
                break;
            }
        }
        show.at_the_end(pages)
    }

    /// One call.
    ///
    /// # Errors
    /// The service's fault, or no answer that can be read.
    pub(crate) async fn call(&self, request: &Json) -> Result<Json, Failure> {
        let body = compact(&for_the_wire(request, self.operation.input)?);
        let mut attempt = Attempt::first(random());
        loop {
            let sent = self.send(&body, &attempt).await;
            let answer = sent.as_ref().ok();
            let (server_time, wish) = (
                answer.and_then(|answer| retry::date(&answer.headers)),
                answer.and_then(|answer| retry::wish(&answer.headers)),
            );
            let failure = match sent.and_then(Answer::into_body) {
                Ok(body) => return answer::read(&body, self.operation.output, &self.timestamps),
                Err(failure) => failure,
            };
            let (number, most) = (attempt.number(), self.retries.max_attempts);
            let again = retry::is_worth_it(&failure)
                && (self.reads_again || failure != CallError::ReadTimeout);
            if number >= most || !again {
                self.log.tell(RETRIES, "Not retrying request.");
                let retries = (number >= most).then_some(number - 1);
                let (name, url) = (self.operation.name, self.client.endpoint());
                return Err(Failure::of_call(&failure, name, url, retries));
            }
            let share = u32::from_le_bytes(*random().first_chunk().unwrap_or(&[u8::MAX; 4]));
            let pause = if self.retries.by_new_rules {
                retry::new_pause(number, share, retry::is_throttling(&failure), wish)
            } else {
                retry::pause(number, share)
            };
            let seconds = pause.as_secs_f64();
            self.log.tell(
                RETRIES,
                format_args!("Retry needed, retrying request after delay of: {seconds}"),
            );
            tokio::time::sleep(pause).await;
            attempt = attempt.next(most, server_time, self.client.timeouts().read);
        }
    }

    async fn send(&self, body: &str, attempt: &Attempt) -> Result<Answer, CallError> {
        let prepared = self
            .client
            .prepare(self.operation.operation, body.into(), attempt)?;
        self.tell_of_request(&prepared, body);
        let answer = self.client.exchange(prepared).await;
        match &answer {
            Ok(answer) => self.tell_of_answer(answer),
            Err(error) => self.log.tell("botocore.endpoint", error),
        }
        answer
    }

    fn tell_of_request(&self, prepared: &Prepared, body: &str) {
        let name = self.operation.name;
        self.log.tell(
            "botocore.endpoint",
            format_args!("Making request for OperationModel(name={name}) with body: {body}"),
        );
        if let Some(canonical) = prepared.canonical_request() {
            self.log
                .tell("botocore.auth", "Calculating signature using v4 auth.");
            self.log.tell(
                "botocore.auth",
                format_args!("CanonicalRequest:\n{canonical}"),
            );
            self.log.tell("botocore.auth", "Signature:\n***");
        }
        self.log.tell(
            "botocore.endpoint",
            format_args!(
                "Sending http request: POST {} {}",
                self.client.endpoint(),
                shown(prepared.headers())
            ),
        );
    }

    fn tell_of_answer(&self, answer: &Answer) {
        let url = self.client.endpoint().uri();
        self.log.tell(
            "urllib3.connectionpool",
            format_args!(
                "{}://{} \"POST {} HTTP/1.1\" {} {}",
                url.scheme_str().unwrap_or_default(),
                self.client.endpoint().host(),
                url.path(),
                answer.status.as_u16(),
                answer.body.len()
            ),
        );
        self.log.tell(
            "botocore.parsers",
            format_args!("Response headers: {}", shown(&answer.headers)),
        );
        self.log.tell(
            "botocore.parsers",
            format_args!("Response body:\n{}", python::bytes(&answer.body)),
        );
    }
}

/// Headers as a map; of those that hold secrets the name alone.
fn shown(headers: &HeaderMap) -> String {
    let members = headers.iter().map(|(name, value)| {
        let value = match value.to_str() {
            Ok(text) if !value.is_sensitive() => text,
            _ => "***",
        };
        (name.as_str().to_owned(), Json::from(value))
    });
    python::repr(&Json::Map(members.collect()))
}

/// Without randomness the longest pause is as good as any, and a call that shares its name with others is told apart by
/// its request id.
fn random() -> [u8; 16] {
    let mut bytes = [u8::MAX; 16];
    let _ = getrandom::fill(&mut bytes);
    bytes
}
