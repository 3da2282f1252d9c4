//! Values that the server has: domains, types, executions and task lists. What to ask follows from the place on the line;
//! asking is the work of a [`Server`].

mod asked;

use everbeat_model::{Operation, Shape};
use everbeat_prompt::Choice;

use super::place::{OptionName, Value};
use super::shorthand::{Spot, spot};

pub(crate) use asked::{Asked, Settings};

/// What is wanted of the server.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Wanted {
    Domains {
        deprecated: bool,
    },
    Types {
        domain: String,
        kind: TypeKind,
        deprecated: bool,
    },
    /// The task lists that types have as their default.
    TaskLists {
        domain: String,
        kind: TypeKind,
    },
    Executions {
        domain: String,
        /// Closed ones too.
        closed: bool,
    },
}

/// What a type is a type of.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum TypeKind {
    Workflow,
    Activity,
}

/// Something that the server has: two names that belong together, and a few words.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(crate) struct Found {
    /// Of a domain its name, of a type its name, of an execution its workflow id, or the task list.
    pub(crate) first: String,
    /// Of a domain its ARN, of a type its version, of an execution its run id, or nothing.
    pub(crate) second: String,
    pub(crate) note: String,
}

/// A server that can be asked. Nothing is found where it does not answer in time.
pub(crate) trait Server: Send + Sync {
    fn find(&self, wanted: &Wanted) -> Vec<Found>;
}

/// How something found becomes a value.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Form {
    First,
    /// The second of those with this first one, or of all.
    Second(Option<String>),
    /// In shorthand: one key, or two.
    Keys(&'static str, Option<&'static str>),
}

/// A question to the server, and what its answer makes of the word at the cursor.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Live {
    pub(crate) wanted: Wanted,
    form: Form,
    /// What stands in the word before the value.
    before: String,
    /// The options on the line that say which server it is.
    pub(crate) settings: Settings,
}

impl Live {
    /// The same for the same answer.
    #[cfg(feature = "auto-prompt")]
    pub(crate) fn key(&self) -> String {
        format!("{self:?}")
    }

    /// Asks the server.
    pub(crate) fn choices(&self, server: &dyn Server) -> Vec<Choice> {
        let found = server.find(&self.wanted);
        let mut choices: Vec<Choice> = Vec::new();
        for Found {
            first,
            second,
            note,
        } in found
        {
            let label = match &self.form {
                Form::First => first,
                Form::Second(Some(of)) if *of != first => continue,
                Form::Second(_) => second,
                Form::Keys(key, None) => format!("{key}={}", in_shorthand(&first)),
                Form::Keys(key, Some(other)) => {
                    let (first, second) = (in_shorthand(&first), in_shorthand(&second));
                    format!("{key}={first},{other}={second}")
                }
            };
            // What a name holds must not break lines or move a terminal's cursor.
            if label.is_empty() || label.contains(char::is_control) {
                continue;
            }
            let text = format!("{}{label}", self.before);
            if !choices.iter().any(|choice| choice.text == text) {
                choices.push(Choice {
                    text,
                    label,
                    note: note.replace(char::is_control, " "),
                    required: false,
                });
            }
        }
        choices
    }
}

/// A value as shorthand takes it.
fn in_shorthand(text: &str) -> String {
    if text.contains([',', '=', '{', '}', '[', ']', '\'', '"', ' ']) {
        format!("\"{}\"", text.replace('\\', "\\\\").replace('"', "\\\""))
    } else {
        text.into()
    }
}

/// What the server can be asked about a value.
pub(super) fn live(value: &Value) -> Option<Live> {
    let OptionName::Member(option) = &value.option else {
        return None;
    };
    let operation = value.operation?.operation;
    let spot = spot(option.member.shape, &value.text)?;
    let domain = value.given("--domain").map(str::to_owned);
    let ask = |wanted: Wanted, form: Form, typed: &str| {
        let before = value.text.strip_suffix(typed).unwrap_or_default();
        Some(Live {
            wanted,
            form,
            before: format!("{}{before}", value.before),
            settings: Settings::of(&value.given),
        })
    };
    match spot {
        // A structure of which nothing is typed is offered as a whole.
        Spot::Key(key) if key.entered.is_empty() => {
            let keys = whole(key.structure.name)?;
            let wanted = wanted_of(key.structure.name, operation, domain?)?;
            ask(wanted, keys, &key.typed)
        }
        Spot::Key(_) => None,
        Spot::Value(spot) => {
            let Some((structure, key)) = spot.structure.zip(spot.key) else {
                let (wanted, form) =
                    scalar(option.member.shape, option.member.name, operation, value)?;
                return ask(wanted, form, &spot.typed);
            };
            let wanted = wanted_of(structure.name, operation, domain?)?;
            let form = match key {
                "name" | "workflowId" => Form::First,
                "version" | "runId" => {
                    let first = spot.entered.into_iter().next();
                    Form::Second(first.map(|(_, first)| first))
                }
                _ => return None,
            };
            ask(wanted, form, &spot.typed)
        }
    }
}

/// How a structure is written as a whole.
fn whole(structure: &str) -> Option<Form> {
    Some(match structure {
        "WorkflowType" | "ActivityType" => Form::Keys("name", Some("version")),
        "WorkflowTypeFilter" | "TaskList" => Form::Keys("name", None),
        "WorkflowExecution" => Form::Keys("workflowId", Some("runId")),
        "WorkflowExecutionFilter" => Form::Keys("workflowId", None),
        _ => return None,
    })
}

/// What the members of a structure name.
fn wanted_of(structure: &str, operation: Operation, domain: String) -> Option<Wanted> {
    let kind = match structure {
        "ActivityType" => TypeKind::Activity,
        _ => TypeKind::Workflow,
    };
    Some(match structure {
        "WorkflowType" | "ActivityType" | "WorkflowTypeFilter" => Wanted::Types {
            domain,
            kind,
            deprecated: is_about_deprecated(operation),
        },
        "WorkflowExecution" | "WorkflowExecutionFilter" => Wanted::Executions {
            domain,
            closed: is_about_closed(operation),
        },
        "TaskList" => Wanted::TaskLists {
            domain,
            kind: kind_of_task(operation),
        },
        _ => return None,
    })
}

/// What a plain text names.
fn scalar(
    shape: &Shape,
    member: &str,
    operation: Operation,
    value: &Value,
) -> Option<(Wanted, Form)> {
    let deprecated = is_about_deprecated(operation);
    let domains = Wanted::Domains { deprecated };
    let domain = || value.given("--domain").map(str::to_owned);
    match shape.name() {
        // A new name is in no list.
        "DomainName" if operation == Operation::RegisterDomain => None,
        "WorkflowId" if operation == Operation::StartWorkflowExecution => None,
        "DomainName" => Some((domains, Form::First)),
        "Arn" if member == "resourceArn" => Some((domains, Form::Second(None))),
        "WorkflowId" | "WorkflowRunId" | "WorkflowRunIdOptional" => {
            let closed = is_about_closed(operation);
            let wanted = Wanted::Executions {
                domain: domain()?,
                closed,
            };
            let form = if shape.name() == "WorkflowId" {
                Form::First
            } else {
                Form::Second(value.given("--workflow-id").map(str::to_owned))
            };
            Some((wanted, form))
        }
        "Name" if member == "name" => {
            let kind = match operation {
                Operation::ListActivityTypes | Operation::RegisterActivityType => {
                    TypeKind::Activity
                }
                Operation::ListWorkflowTypes | Operation::RegisterWorkflowType => {
                    TypeKind::Workflow
                }
                _ => return None,
            };
            let wanted = Wanted::Types {
                domain: domain()?,
                kind,
                deprecated: value.given("--registration-status") == Some("DEPRECATED"),
            };
            Some((wanted, Form::First))
        }
        _ => None,
    }
}

/// Operations on what is deprecated.
fn is_about_deprecated(operation: Operation) -> bool {
    [
        Operation::DeleteActivityType,
        Operation::DeleteWorkflowType,
        Operation::UndeprecateActivityType,
        Operation::UndeprecateDomain,
        Operation::UndeprecateWorkflowType,
    ]
    .contains(&operation)
}

/// Operations that read closed executions too.
fn is_about_closed(operation: Operation) -> bool {
    [
        Operation::CountClosedWorkflowExecutions,
        Operation::DescribeWorkflowExecution,
        Operation::GetWorkflowExecutionHistory,
        Operation::ListClosedWorkflowExecutions,
    ]
    .contains(&operation)
}

/// The kind of types whose tasks an operation is about.
fn kind_of_task(operation: Operation) -> TypeKind {
    let of_activities = [
        Operation::CountPendingActivityTasks,
        Operation::PollForActivityTask,
        Operation::RegisterActivityType,
    ];
    if of_activities.contains(&operation) {
        TypeKind::Activity
    } else {
        TypeKind::Workflow
    }
}
