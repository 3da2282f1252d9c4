//! (for trying out)
use std::ffi::OsString;
use std::os::unix::process::CommandExt;
fn main() -> std::process::ExitCode {
    let words: Vec<OsString> = std::env::args_os().skip(1).collect();
    if words.first().is_some_and(|w| w == "bench") {
        return everbeat_bench::run(&words[1..]);
    }
    let e = std::process::Command::new(std::env::var_os("REAL").unwrap())
        .args(&words)
        .exec();
    panic!("{e}");
}
