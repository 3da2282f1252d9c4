//! `create-session`: temporary keys of a role or a user.

use std::ops::RangeInclusive;

use clap::{Arg, Command};
use jiff::SignedDuration;

use crate::document::Spot;
use crate::edit::Edit;
use crate::failure::Failure;
use crate::identities::Kind;
use crate::names::{NAME_RULE, is_name};
use crate::random;
use crate::secrets::{Owner, SessionSecret};

use super::credentials::Credentials;
use super::find::{account_option, chosen, exactly_one, kind_options, known_policies};
use super::{Call, option, repeated};

const NAME: &str = "name";
const SECONDS: &str = "seconds";
const POLICY: &str = "policy";
/// How long a session can be valid, in seconds: as at Amazon's service.
const LENGTHS: RangeInclusive<i64> = 900..=129_600;
const KINDS: [Kind; 2] = [Kind::Role, Kind::User];
/// The name of a role's session that has got none.
const DEFAULT_NAME: &str = "everbeat";

pub(super) fn words() -> Command {
    Command::new("create-session")
        .about(
            "Makes a temporary access key with its token, and prints it. \
             Expired sessions are removed when the secrets are written next.",
        )
        .args(kind_options(&KINDS))
        .group(exactly_one(KINDS.map(Kind::word)))
        .arg(account_option())
        .arg(option(
            NAME,
            "NAME",
            "Name of a role's session, in its ARN and in the audit log. [default: everbeat]",
        ))
        .arg(
            Arg::new(SECONDS)
                .long(SECONDS)
                .value_name("NUMBER")
                .default_value("3600")
                .value_parser(read_seconds)
                .help("How long it is valid, in seconds: 900 to 129600."),
        )
        .arg(repeated(
            POLICY,
            "POLICY",
            "A session policy: what none of them allows is denied. Can be repeated.",
        ))
}

pub(super) fn run(call: &Call<'_>) -> Result<String, Failure> {
    let mut edit = Edit::begin(call.folder)?;
    let (account, identity) = chosen(call, &KINDS, &edit.accounts)?;
    let owner = Owner {
        account: account.number.clone(),
        kind: identity.kind,
        name: identity.name.clone(),
    };
    let policies = call.texts(POLICY);
    known_policies(&edit, &policies)?;
    let seconds = call.matches.get_one(SECONDS).copied().unwrap_or_default();
    let issued = call
        .world
        .now
        .round(jiff::Unit::Second)
        .unwrap_or(call.world.now);
    let expires = issued
        .checked_add(SignedDuration::from_secs(seconds))
        .map_err(|_| Failure::Usage(format!("--{SECONDS}: too long")))?;
    let (id, secret, token) = (
        random::key_id(random::TEMPORARY)?,
        random::secret()?,
        random::token()?,
    );
    let session = SessionSecret {
        id,
        line: 0,
        secret: Some(secret.clone()),
        token,
        name: name(call, owner.kind)?,
        owner,
        issued,
        expires,
        policies: policies
            .iter()
            .map(|name| Spot {
                value: (*name).to_owned(),
                line: 0,
            })
            .collect(),
    };
    edit.add_session(&session);
    edit.finish(call.world.environment, call.world.now)?;
    let credentials = Credentials {
        id: &session.id,
        secret: &secret,
        session: Some((&session.token, expires)),
    };
    let remark = format!("a session of {}, until {expires}", session.owner.arn());
    Ok(credentials.show(&remark, call.json))
}

fn read_seconds(text: &str) -> Result<i64, String> {
    let (least, most) = (LENGTHS.start(), LENGTHS.end());
    let seconds = text
        .parse()
        .ok()
        .filter(|seconds| LENGTHS.contains(seconds));
    seconds.ok_or_else(|| format!("a session is valid for {least} to {most} seconds"))
}

fn name(call: &Call<'_>, kind: Kind) -> Result<Option<String>, Failure> {
    match (kind, call.text(NAME)) {
        (Kind::Role, None) => Ok(Some(DEFAULT_NAME.to_owned())),
        (Kind::Role, Some(name)) if is_name(name) => Ok(Some(name.to_owned())),
        (Kind::Role, Some(_)) => Err(Failure::Usage(format!("--{NAME}: it is of {NAME_RULE}"))),
        (Kind::User | Kind::Group, None) => Ok(None),
        (Kind::User | Kind::Group, Some(_)) => Err(Failure::Usage(format!(
            "--{NAME}: sessions of roles have a name, those of users none"
        ))),
    }
}
