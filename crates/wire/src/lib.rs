//! How SWF looks on the wire, apart from the shapes: AWS JSON 1.0 framing, Signature Version 4, and the sealed tokens
//! that name tasks and pages. Shared by server and clients; knows no socket and no clock.

#![warn(missing_docs)]

pub mod json10;
pub mod page_token;
pub mod request_id;
mod seal;
pub mod sigv4;
pub mod task_token;

pub use page_token::{PageToken, PageTokenError};
pub use request_id::RequestIds;
pub use seal::{Sealer, SealingSecret};
pub use task_token::{TaskKind, TaskToken};
