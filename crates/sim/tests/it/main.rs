//! The tests of the simulator: it is reproducible, a part of the fixed seeds holds, and its auditor objects when a
//! promise is broken.

mod sabotage;
mod seeds;
