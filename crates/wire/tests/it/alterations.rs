//! Alterations of a good request, each with the exact answer (protocol.md section 6.5), in the order of that table; and
//! the changes that alter nothing.

mod claim;
mod content;
mod form;

use everbeat_model::FaultKind;

use crate::request::{NOW, Received, Server, sign, unsigned};

const MISMATCH: &str = "The request signature we calculated does not match the signature you provided. Check your AWS \
     Secret Access Key and signing method. Consult the service documentation for details.";
const UNRECOGNIZED: &str = "The security token included in the request is invalid.";
const EXPIRED: &str = "The security token included in the request is expired";
const SIGNED: &str = "content-type;host;x-amz-date;x-amz-target";
const SIGNED_WITH_TOKEN: &str = "content-type;host;x-amz-date;x-amz-security-token;x-amz-target";
const SCOPE: &str = "AKIDEXAMPLE/20261123/us-east-1/swf/aws4_request";

/// What is done to a good request.
type Alter = fn(&mut Received);
/// A name for people, the alteration, the answer.
type Row = (&'static str, Alter, FaultKind, &'static str);

fn refuse(server: &Server, good: &Received, rows: &[Row]) {
    assert_eq!(server.answer(good), Ok(()));
    for (name, alter, kind, text) in rows {
        let mut request = good.clone();
        alter(&mut request);
        assert_eq!(server.answer(&request), Err(kind.with(*text)), "{name}");
    }
}

/// Signed again after it was altered, so that the signature is right.
fn refuse_signed(server: &Server, token: Option<&str>, rows: &[Row]) {
    for (name, alter, kind, text) in rows {
        let mut request = unsigned();
        alter(&mut request);
        let request = sign(request, token, NOW);
        assert_eq!(server.answer(&request), Err(kind.with(*text)), "{name}");
    }
}
