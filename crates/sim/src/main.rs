//! `everbeat-sim SEED [--steps N]` simulates one seed, `everbeat-sim --list FILE [--steps N]` a list of them.
//!
//! A list has one seed a line; `#` begins a comment. The exit code is 1 when a seed fails, 2 when the command is wrong.

use std::process::ExitCode;

use everbeat_sim::{STEPS, run};

const USAGE: &str =
    "usage: everbeat-sim SEED [--steps N]\n       everbeat-sim --list FILE [--steps N]";

/// What the command line asks for.
struct Plan {
    seeds: Vec<u64>,
    steps: u64,
    is_list: bool,
}

fn main() -> ExitCode {
    match read_plan(std::env::args().skip(1)) {
        Ok(plan) => carry_out(&plan),
        Err(what) => {
            eprintln!("{what}");
            ExitCode::from(2)
        }
    }
}

fn read_plan(mut arguments: impl Iterator<Item = String>) -> Result<Plan, String> {
    let mut plan = Plan {
        seeds: Vec::new(),
        steps: STEPS,
        is_list: false,
    };
    while let Some(argument) = arguments.next() {
        match argument.as_str() {
            "--steps" => plan.steps = read_number(&arguments.next().unwrap_or_default())?,
            "--list" => {
                let path = arguments.next().ok_or(USAGE)?;
                plan.seeds.extend(read_list(&path)?);
                plan.is_list = true;
            }
            seed => plan.seeds.push(read_number(seed)?),
        }
    }
    if plan.seeds.is_empty() {
        return Err(USAGE.into());
    }
    Ok(plan)
}

fn read_number(text: &str) -> Result<u64, String> {
    text.parse()
        .map_err(|_| format!("{text:?} is not a number\n{USAGE}"))
}

fn read_list(path: &str) -> Result<Vec<u64>, String> {
    let text = std::fs::read_to_string(path).map_err(|error| format!("{path}: {error}"))?;
    let without_comment = |line: &str| line.split('#').next().unwrap_or_default().trim().to_owned();
    let lines = text.lines().map(without_comment);
    lines
        .filter(|line| !line.is_empty())
        .map(|line| read_number(&line))
        .collect()
}

fn carry_out(plan: &Plan) -> ExitCode {
    let mut failed = 0;
    for seed in &plan.seeds {
        match run(*seed, plan.steps) {
            Ok(report) if !plan.is_list => {
                println!(
                    "seed {seed}: {} runs, {} events, {} recoveries, trace {:016x}",
                    report.runs, report.events, report.recoveries, report.hash
                );
            }
            Ok(_) => {}
            Err(failure) => {
                failed += 1;
                println!("{failure}");
            }
        }
    }
    println!("{} passed, {failed} failed", plan.seeds.len() - failed);
    ExitCode::from(u8::from(failed > 0))
}
