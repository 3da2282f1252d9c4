//! One operation from its words to its output, in the reference's order of checks (cli.md section 8).

use std::time::Duration;

use everbeat_format::yaml::{self, YamlError};
use everbeat_json::{Json, NonAscii, pretty, python};
use everbeat_model::operations::OperationDescriptor;

use crate::call::Caller;
use crate::exit::Failure;
use crate::files::{Files, Given};
use crate::format::{Format, Look};
use crate::line;
use crate::options::{
    INPUT_JSON, INPUT_YAML, PAGING_MEMBERS, PAGING_OPTIONS, SKELETON, member_options,
};
use crate::pager::Pager;
use crate::paginate::{Pages, Paging};
use crate::parse::Parsed;
use crate::run_to_end::run_to_end;
use crate::settings;
use crate::show::Show;
use crate::skeleton;
use crate::user_agent::user_agent;
use crate::validate::validate;
use crate::values::member_value;
use crate::{Line, Streams, print};

const PAGING_CONFIGURATION: &str = "PaginationConfig";

/// Runs an operation with the words that the global pass left over.
pub(crate) fn run(
    operation: &'static OperationDescriptor,
    words: &[String],
    line: &Line<'_>,
    streams: &mut Streams<'_>,
) -> Result<(), Failure> {
    let (globals, configuration) = (&line.globals, &line.configuration);
    let own = line::own_pass(operation, words)?;
    check_paging_conflicts(globals, &own)?;
    let (mut request, from_json) = from_options(operation, &own, line)?;
    merge_input(&mut request, &own, line.files)?;
    let skeleton = own
        .has(SKELETON)
        .then(|| own.value(SKELETON).unwrap_or("input"));
    match skeleton {
        Some("input") => {
            let text = pretty(&skeleton::input(operation.input), NonAscii::Escaped) + "\n";
            return print(streams, &text);
        }
        Some("yaml-input") => return print(streams, &skeleton::yaml_input(operation.input)),
        _ => {}
    }
    configuration.check_profile()?;
    let target = configuration.target(globals)?;
    let paging = paging(operation, line, &own, &mut request)?;
    let request = Json::Map(request);
    let warns = paging.as_ref().is_some_and(Paging::warns);
    let pages = match (paging, operation.pages) {
        (Some(paging), Some(result_key)) => Some(Pages::new(operation, result_key, paging)?),
        _ => None,
    };
    if configuration.validates_parameters() {
        let first = pages.as_ref().map(|pages| pages.request(&request));
        validate(
            first.as_ref().unwrap_or(&request),
            operation.input_structure(),
            &from_json,
        )?;
    }
    let format_name = configuration.output(globals.value("--output"));
    if skeleton.is_some() {
        let result = operation
            .output
            .map_or(Json::Map(Vec::new()), skeleton::output);
        let mut show = show(operation.name, Format::named(format_name)?, line, streams);
        return show.whole(&result).map(|()| show.finish());
    }
    line.log.tell(
        "botocore.regions",
        format_args!("Endpoint provider result: {}", target.endpoint),
    );
    let timeouts = settings::timeouts(globals, operation.polls)?;
    let shown = |timeout: Option<Duration>| match timeout {
        Some(timeout) => timeout.as_secs().to_string(),
        None => "None".into(),
    };
    let (connect, read) = (shown(timeouts.connect), shown(timeouts.read));
    line.log.tell(
        "botocore.endpoint",
        format_args!("Setting swf timeout as ({connect}, {read})"),
    );
    let caller = Caller {
        client: target.client(
            timeouts,
            Some(&user_agent(operation, &target, configuration)),
        )?,
        operation,
        retries: target.retries,
        reads_again: !operation.polls || globals.has("--cli-read-timeout"),
        timestamps: configuration.timestamps(jiff::tz::TimeZone::system)?,
        log: line.log,
    };
    if warns {
        let text = "warning: Non-positive values for --max-items may result in undefined behavior.";
        let _ = writeln!(streams.error, "{text}");
    }
    let format = Format::named(format_name);
    let Some(pages) = pages else {
        // The reference looks at the name of the format when the answer is there.
        let answer = run_to_end(caller.call(&request))?;
        let mut show = show(operation.name, format?, line, streams);
        let shown = show.whole(&answer);
        show.finish();
        return shown;
    };
    let mut show = show(operation.name, format?, line, streams);
    let shown = run_to_end(caller.show_pages(&request, pages, &mut show));
    show.finish();
    shown
}

/// What shows results under the title given, by the options of the line.
pub(crate) fn show<'a>(
    title: &'static str,
    format: Format,
    line: &'a Line<'_>,
    streams: &'a mut Streams<'_>,
) -> Show<'a> {
    let pager = pager(line, streams);
    let look = look(line, streams, pager.is_none());
    let is_terminal = streams.terminal_width.is_some();
    Show {
        format,
        query: line.query.as_ref(),
        title,
        look,
        output: &mut *streams.output,
        pager,
        is_terminal,
        closed: false,
    }
}

/// The pager, if standard output is a terminal and the settings name one.
pub(crate) fn pager(line: &Line<'_>, streams: &Streams<'_>) -> Option<Pager> {
    (streams.terminal_width.is_some() && !line.globals.has("--no-cli-pager"))
        .then(|| line.configuration.pager())
        .filter(|command| !command.is_empty())
        .map(Pager::new)
}

/// How tables look on standard output.
pub(crate) fn look(line: &Line<'_>, streams: &Streams<'_>, resets: bool) -> Look {
    let colour = match line.globals.value("--color") {
        Some("on") => true,
        Some("off") => false,
        _ => streams.terminal_width.is_some(),
    };
    Look {
        width: streams.terminal_width.unwrap_or(Look::PLAIN.width),
        colour,
        resets,
    }
}

/// Paging options make no sense where pagination is switched off.
fn check_paging_conflicts(globals: &Parsed, own: &Parsed) -> Result<(), Failure> {
    let given: Vec<&str> = PAGING_OPTIONS
        .into_iter()
        .filter(|option| own.has(option))
        .collect();
    if given.is_empty() || !(globals.has("--no-paginate") || pages_by_hand(own)) {
        return Ok(());
    }
    let given = given.join(", ");
    Err(Failure::parameter(format!(
        "Cannot specify --no-paginate along with pagination arguments: {given}"
    )))
}

/// The members that pagination uses are given as options.
fn pages_by_hand(own: &Parsed) -> bool {
    PAGING_MEMBERS
        .iter()
        .any(|member| own.has(&format!("--{}", crate::options::kebab_case(member))))
}

type Members = Vec<(String, Json)>;

/// The members that the options give, in table order, and the names of those that are given in JSON.
fn from_options(
    operation: &OperationDescriptor,
    own: &Parsed,
    line: &Line<'_>,
) -> Result<(Members, Vec<String>), Failure> {
    let (mut members, mut from_json) = (Vec::new(), Vec::new());
    for option in member_options(operation) {
        let name = option.member.name.to_owned();
        if option.is_boolean() {
            let negation = option.negation();
            if let Some(position) = own.last_of([&option.name, &negation]) {
                members.push((name, Json::Bool(position == 0)));
            }
        } else if let Some(words) = own.values(&option.name) {
            let value = member_value(&option.name, words, option.member.shape, line.files)?;
            let parameter = option.name.trim_start_matches('-');
            let shown = python::repr(&value.json);
            line.log.tell(
                "awscli.arguments",
                format_args!("Unpacked value for parameter \"{parameter}\": {shown}"),
            );
            if value.from_json {
                from_json.push(name.clone());
            }
            members.push((name, value.json));
        }
    }
    Ok((members, from_json))
}

/// Adds the members of `--cli-input-json` or `--cli-input-yaml` that no option gives.
fn merge_input(request: &mut Members, own: &Parsed, files: Files<'_>) -> Result<(), Failure> {
    let (option, word, form) = match (own.value(INPUT_JSON), own.value(INPUT_YAML)) {
        (None, None) => return Ok(()),
        (Some(word), None) => (INPUT_JSON, word, "JSON"),
        (None, Some(word)) => (INPUT_YAML, word, "YAML"),
        (Some(_), Some(_)) => {
            let text = "Only one --cli-input- parameter may be specified.";
            return Err(Failure::parameter(text));
        }
    };
    let failed = |option: &str, text: &str| {
        Failure::parameter(format!("Error parsing parameter '{option}': {text}"))
    };
    let given = files.resolved(word).map_err(|text| failed(option, &text))?;
    let text = match given {
        Given::Word(text) | Given::Content(text) => Some(text),
        Given::Bytes(bytes) => String::from_utf8(bytes).ok(),
    };
    let input = match (text, form) {
        (None, _) => None,
        (Some(text), "JSON") => Json::parse(&text).ok(),
        (Some(text), _) => match yaml::read(&text) {
            Ok(input) => Some(input),
            Err(YamlError::Value(sentence)) => return Err(Failure::general(sentence)),
            Err(YamlError::Invalid(_)) => None,
        },
    };
    let Some(input) = input else {
        let text = format!("Invalid {form} received.");
        return Err(failed(option.trim_start_matches('-'), &text));
    };
    let Json::Map(members) = input else {
        let class = python::class(&input);
        let text = format!("Invalid type: expecting map, received <class '{class}'>");
        return Err(failed(option, &text));
    };
    for (name, value) in members {
        if !request.iter().any(|(known, _)| *known == name) {
            request.push((name, value));
        }
    }
    Ok(())
}

/// How to page; `None` for one call. Takes `PaginationConfig` out of the request where it counts.
fn paging(
    operation: &OperationDescriptor,
    line: &Line<'_>,
    own: &Parsed,
    request: &mut Members,
) -> Result<Option<Paging>, Failure> {
    let by_hand = PAGING_MEMBERS
        .iter()
        .any(|member| request.iter().any(|(name, _)| name == member));
    if operation.pages.is_none() || by_hand || line.globals.has("--no-paginate") {
        if by_hand && PAGING_OPTIONS.iter().any(|option| own.has(option)) {
            // The reference hands the paging options to the operation, which does not know them.
            let nothing = Json::Map(Vec::new());
            request.push((PAGING_CONFIGURATION.into(), nothing));
        }
        return Ok(None);
    }
    let position = request
        .iter()
        .position(|(name, _)| name == PAGING_CONFIGURATION);
    let from_input = position.map(|position| request.remove(position).1);
    let given = |option: &str, member: &str| match own.values(option) {
        Some(words) => line.files.text(option, words).map(Some),
        None => Ok(from_input
            .as_ref()
            .and_then(|input| input.get(member).map(python::str))),
    };
    let number = |option: &str, member: &str| {
        given(option, member)?
            .map(|text| python::int(&text))
            .transpose()
            .map_err(Failure::general)
    };
    Ok(Some(Paging {
        starting_token: given("--starting-token", "StartingToken")?,
        page_size: number("--page-size", "PageSize")?,
        max_items: number("--max-items", "MaxItems")?.and_then(|digits| digits.parse().ok()),
    }))
}
