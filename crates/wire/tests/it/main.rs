//! Tests of signing and checking signatures: AWS's own test suite, requests recorded from clients, every way to fail
//! with its exact answer, and what must hold for any request.

mod alterations;
mod any_request;
mod cost;
mod recorded;
mod request;
mod suite;
