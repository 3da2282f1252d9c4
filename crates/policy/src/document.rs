//! From the text of a policy document to checked statements: the grammar of protocol 7.1.
//!
//! What breaks it is refused with its place: a document that is half understood would grant or forbid something else
//! than it says. What is allowed but will not do what it seems to say is told in a warning.

mod action;
mod condition;
mod resource;

use alloc::boxed::Box;
use alloc::collections::BTreeSet;
use alloc::format;
use alloc::string::{String, ToString};
use alloc::vec::Vec;

use everbeat_model::permissions::Action;

use crate::json::{Member, Node, quoted, shortened};
use crate::nearest::suggestion;
use crate::place::{Problem, Warning};
use crate::policy::{Effect, Statement};
use crate::variable::{Syntax, Template, Variable};
use crate::vocabulary::{self, Key};

/// The largest document: ten times what Amazon takes for a managed policy.
const LARGEST_BYTES: usize = 64 * 1024;
/// The version with variables, and the one that applies without a Version.
const NEW_VERSION: &str = "2012-10-17";
const OLD_VERSION: &str = "2008-10-17";
const DOCUMENT: [&str; 3] = ["Version", "Id", "Statement"];
const STATEMENT: [&str; 7] = [
    "Sid",
    "Effect",
    "Action",
    "NotAction",
    "Resource",
    "NotResource",
    "Condition",
];
const PRINCIPALS: [&str; 2] = ["Principal", "NotPrincipal"];

/// Reads a document.
pub(crate) fn read(text: &str) -> Result<(Vec<Statement>, Vec<Warning>), Problem> {
    if text.len() > LARGEST_BYTES {
        return Err(Problem {
            line: 1,
            place: String::new(),
            reason: format!(
                "{} bytes; a document has at most {LARGEST_BYTES}",
                text.len()
            ),
        });
    }
    let root = Node::root(text)?;
    let elements = Elements::read(&root, &DOCUMENT)?;
    if let Some(id) = elements.get("Id") {
        id.string()?;
    }
    let mut reader = Reader {
        variables: elements.version()? == NEW_VERSION,
        known: Action::all().collect(),
        sids: BTreeSet::new(),
        warnings: Vec::new(),
    };
    let listed = elements.required("Statement")?.one_or_more()?;
    if listed.is_empty() {
        return Err(elements.required("Statement")?.problem("has no statement"));
    }
    let statements = listed.iter().zip(1..);
    let statements = statements.map(|(node, number)| reader.statement(node, number));
    let statements = statements.collect::<Result<Vec<_>, _>>()?;
    Ok((statements, reader.warnings))
}

/// The members of an object whose names are known.
struct Elements<'a> {
    object: Node<'a>,
    members: Vec<Member<'a>>,
}

impl<'a> Elements<'a> {
    fn read(object: &Node<'a>, known: &[&str]) -> Result<Self, Problem> {
        let members = object.members()?;
        for member in &members {
            let name = member.name.as_str();
            if known.contains(&name) {
                continue;
            }
            let nearest = match PRINCIPALS.contains(&name) {
                true => ": it is for policies of resources, which SWF has not".to_string(),
                false => suggestion(name, known.iter().copied()),
            };
            let reason = format!("unknown element {}{nearest}", quoted(name));
            return Err(member.key.problem(reason));
        }
        let object = object.clone();
        Ok(Elements { object, members })
    }

    fn get(&self, name: &str) -> Option<&Node<'a>> {
        let member = self.members.iter().find(|member| member.name == name);
        member.map(|member| &member.value)
    }

    fn required(&self, name: &str) -> Result<&Node<'a>, Problem> {
        let missing = || self.object.problem(format!("{name} is missing"));
        self.get(name).ok_or_else(missing)
    }

    /// The one of two elements that is there, and whether it is the second.
    fn either(&self, name: &str, negated: &str) -> Result<(&Node<'a>, bool), Problem> {
        match (self.get(name), self.get(negated)) {
            (Some(node), None) => Ok((node, false)),
            (None, Some(node)) => Ok((node, true)),
            (Some(_), Some(_)) => {
                let reason = format!("{name} and {negated} exclude each other");
                Err(self.object.problem(reason))
            }
            (None, None) => {
                let reason = format!("{name} or {negated} is missing");
                Err(self.object.problem(reason))
            }
        }
    }

    fn version(&self) -> Result<&'static str, Problem> {
        let Some(node) = self.get("Version") else {
            return Ok(OLD_VERSION);
        };
        let version = node.string()?;
        let known = [NEW_VERSION, OLD_VERSION];
        let found = known.into_iter().find(|known| *known == version);
        found.ok_or_else(|| {
            let reason = format!("must be {NEW_VERSION} or {OLD_VERSION}");
            node.problem(format!("{reason}, not {}", quoted(&version)))
        })
    }
}

/// What the reading of a document carries from statement to statement.
struct Reader {
    /// Variables are understood.
    variables: bool,
    /// The actions of this server.
    known: Vec<Action>,
    /// The Sids so far.
    sids: BTreeSet<String>,
    warnings: Vec<Warning>,
}

/// What the reading of a statement carries from element to element.
struct Draft<'r> {
    reader: &'r mut Reader,
    /// The actions of this server that the statement names one by one or by pattern; none for a NotAction.
    named: Vec<Action>,
    /// Every action that it names is of another service.
    is_elsewhere: bool,
    /// Its variables without a default.
    variables: Vec<Variable>,
}

impl Reader {
    fn statement(&mut self, node: &Node<'_>, number: usize) -> Result<Statement, Problem> {
        let elements = Elements::read(node, &STATEMENT)?;
        let sid = self.sid(&elements)?;
        let effect = read_effect(elements.required("Effect")?)?;
        let mut draft = Draft {
            reader: self,
            named: Vec::new(),
            is_elsewhere: false,
            variables: Vec::new(),
        };
        let (actions, asked) = draft.actions(&elements)?;
        let (resources, of) = draft.resources(&elements)?;
        let (conditions, tested) = draft.conditions(&elements, effect)?;
        Ok(Statement {
            number,
            sid,
            effect,
            actions,
            resources,
            conditions: conditions.into(),
            needed: match effect {
                Effect::Allow => draft.variables.into(),
                Effect::Deny => Box::default(),
            },
            summary: format!("{effect} {asked} on {of}{tested}").into(),
        })
    }

    fn sid(&mut self, elements: &Elements<'_>) -> Result<Option<Box<str>>, Problem> {
        let Some(node) = elements.get("Sid") else {
            return Ok(None);
        };
        let sid = node.string()?;
        if !sid.bytes().all(|byte| byte.is_ascii_alphanumeric()) {
            let text = "Amazon's service takes letters and digits only";
            self.warnings.push(node.warning(text));
        }
        if !self.sids.insert(sid.clone()) {
            let text = "two statements have this Sid, and Amazon's service takes it once";
            self.warnings.push(node.warning(text));
        }
        Ok(Some(sid.into()))
    }
}

impl Draft<'_> {
    fn warn(&mut self, node: &Node<'_>, text: impl Into<String>) {
        self.reader.warnings.push(node.warning(text));
    }

    /// Reads a text that may have variables, and notes those that it needs.
    fn template(
        &mut self,
        node: &Node<'_>,
        text: &str,
        wildcards: bool,
    ) -> Result<Template, Problem> {
        let syntax = Syntax {
            variables: self.reader.variables,
            wildcards,
        };
        let template = Template::read(text, syntax).map_err(|reason| node.problem(reason))?;
        if !syntax.variables && text.contains("${") {
            let reason = format!("'${{' is plain text without Version {NEW_VERSION}");
            self.warn(node, reason);
        }
        for variable in template.variables() {
            if self.key(node, &variable.key)?.has_many_values() {
                let reason = "may have several values and cannot be a variable";
                return Err(node.problem(format!("{} {reason}", quoted(&variable.key))));
            }
            if variable.default.is_none() && !self.variables.contains(variable) {
                self.variables.push(variable.clone());
            }
        }
        Ok(template)
    }

    /// Checks the name of a condition key.
    fn key<'n>(&mut self, node: &Node<'_>, name: &'n str) -> Result<Key<'n>, Problem> {
        let key = vocabulary::key(name).map_err(|reason| node.problem(reason))?;
        match key {
            Key::Absent => {
                self.warn(
                    node,
                    format!("the key {} is never present here", quoted(name)),
                );
            }
            Key::Elsewhere if self.is_elsewhere => {}
            Key::Elsewhere => {
                let nearest = vocabulary::nearest_key(name);
                let reason = format!("belongs to another service than the actions{nearest}");
                return Err(node.problem(format!("the key {} {reason}", quoted(name))));
            }
            Key::Ours(_) => {}
        }
        Ok(key)
    }
}

fn read_effect(node: &Node<'_>) -> Result<Effect, Problem> {
    let text = node.string()?;
    match text.as_str() {
        "Allow" => Ok(Effect::Allow),
        "Deny" => Ok(Effect::Deny),
        other => {
            let nearest = suggestion(other, ["Allow", "Deny"]);
            Err(node.problem(format!("unknown effect {}{nearest}", quoted(other))))
        }
    }
}

/// The first few of a list, for a summary.
fn summary<'t>(texts: impl ExactSizeIterator<Item = &'t str>) -> String {
    const SHOWN: usize = 2;
    let more = texts.len().saturating_sub(SHOWN);
    let shown: Vec<String> = texts.take(SHOWN).map(shortened).collect();
    let shown = shown.join(", ");
    match more {
        0 => shown,
        more => format!("{shown} and {more} more"),
    }
}
