//! The request that a line asks for: its options, `--cli-input-json` or `--cli-input-yaml`, and how to page
//! (cli.md sections 6.1 and 13).

use everbeat_format::yaml::{self, YamlError};
use everbeat_json::{Json, python};
use everbeat_model::operations::OperationDescriptor;

use crate::Line;
use crate::exit::Failure;
use crate::files::{Files, Given};
use crate::options::{
    INPUT_JSON, INPUT_YAML, PAGING_MEMBERS, PAGING_OPTIONS, SKELETON, SKELETON_OUTPUT,
    member_options,
};
use crate::paginate::{Pages, Paging};
use crate::parse::Parsed;
use crate::validate::validate;
use crate::values::member_value;

const PAGING_CONFIGURATION: &str = "PaginationConfig";

type Members = Vec<(String, Json)>;

/// What a line asks for.
#[derive(Debug)]
pub(crate) struct Asked {
    members: Members,
    /// The names of those that an option gives in JSON; they are shown otherwise in messages.
    from_json: Vec<String>,
}

impl Asked {
    /// The request, checked unless the settings say not to; for an operation that pages the first one is.
    ///
    /// # Errors
    /// All that is wrong with it.
    pub(crate) fn checked(
        self,
        operation: &OperationDescriptor,
        pages: Option<&Pages>,
        line: &Line<'_>,
    ) -> Result<Json, Failure> {
        let request = Json::Map(self.members);
        if line.configuration.validates_parameters() {
            let first = pages.map(|pages| pages.request(&request));
            let checked = first.as_ref().unwrap_or(&request);
            validate(checked, operation.input_structure(), &self.from_json)?;
        }
        Ok(request)
    }
}

/// Reads the options of an operation.
///
/// # Errors
/// Options that exclude each other, values that are none, files that cannot be read.
pub(crate) fn read(
    operation: &OperationDescriptor,
    own: &Parsed,
    line: &Line<'_>,
) -> Result<Asked, Failure> {
    check_paging_conflicts(&line.globals, own)?;
    let (mut members, from_json) = from_options(operation, own, line)?;
    merge_input(&mut members, own, line.files)?;
    Ok(Asked { members, from_json })
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
    let given: Vec<String> = request.iter().map(|(name, _)| name.clone()).collect();
    let added = members.into_iter();
    request.extend(added.filter(|(name, _)| !given.contains(name)));
    Ok(())
}

/// How to page; `None` for one call. Takes `PaginationConfig` out of the request where it counts.
///
/// # Errors
/// Numbers that are none, files that cannot be read.
pub(crate) fn paging(
    operation: &OperationDescriptor,
    line: &Line<'_>,
    own: &Parsed,
    asked: &mut Asked,
) -> Result<Option<Paging>, Failure> {
    let request = &mut asked.members;
    let by_hand = PAGING_MEMBERS
        .iter()
        .any(|member| request.iter().any(|(name, _)| name == member));
    let is_skeleton = own.value(SKELETON) == Some(SKELETON_OUTPUT);
    if operation.pages.is_none() || by_hand || line.globals.has("--no-paginate") || is_skeleton {
        if (by_hand || is_skeleton) && PAGING_OPTIONS.iter().any(|option| own.has(option)) {
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
