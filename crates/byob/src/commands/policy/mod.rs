//! `byob policy`

mod doctor;
mod evaluate;
mod report;

use std::{
    fmt,
    io::{self, Read},
    marker::PhantomData,
    process::ExitCode,
};

use byob_aws::Invalid;
use clap::{Args, Subcommand};
use serde::{
    Deserialize, Deserializer, Serialize,
    de::{DeserializeOwned, Error as _, MapAccess, Visitor, value::MapAccessDeserializer},
};

use crate::jsonl::{self, Answer};

/// Answer questions about AWS policies.
#[derive(Args)]
pub struct PolicyCommand {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Decide a request as AWS would, and say which statement decided.
    #[command(after_help = "The question is a JSON document on standard input:\n  \
        {\"principal\",\"action\",\"resource\",\"resource_account\",\"context\":{key: value or [values]},\n   \
        \"identity_policies\":[…],\"resource_policy\",\"session_policy\",\"permission_boundary\"}\n  \
        → {\"decision\":\"allowed|implicitly_denied|explicitly_denied\",\"because\"} or {\"error\"}\n\n\
        Policies are JSON objects, or strings that hold their text; those that do not apply are left out. A role's trust \
        policy is the resource policy of sts:AssumeRole. Who is anonymous has no principal.")]
    Evaluate {
        /// Read JSON lines, and answer each with one line.
        #[arg(long)]
        jsonl: bool,
    },
    Doctor(Box<doctor::Doctor>),
}

impl PolicyCommand {
    /// Answers the question, or lines of them.
    pub fn run(self) -> anyhow::Result<ExitCode> {
        match self.command {
            Command::Evaluate { jsonl } => answer(jsonl, evaluate::evaluate, |_| ExitCode::SUCCESS),
            Command::Doctor(doctor) => doctor.run(),
        }
    }
}

/// Answers the one question on standard input, or lines of them. Of one answer `code` says how the command ends.
fn answer<Q: DeserializeOwned, A: Serialize>(
    lines: bool,
    answer: impl Fn(Q) -> Result<A, Invalid>,
    code: impl Fn(&A) -> ExitCode,
) -> anyhow::Result<ExitCode> {
    let answer = |Object(question): Object<Q>| answer(question);
    if lines {
        jsonl::answer_lines(answer)?;
        return Ok(ExitCode::SUCCESS);
    }
    let mut text = Vec::new();
    io::stdin().read_to_end(&mut text)?;
    let answer = jsonl::question(&text).and_then(answer);
    let code = answer.as_ref().map_or(ExitCode::FAILURE, code);
    println!("{}", serde_json::to_string_pretty(&Answer::from(answer))?);
    Ok(code)
}

/// A question, which is an object: serde would also take a list of the values, in the order of the fields.
struct Object<Q>(Q);

impl<'de, Q: Deserialize<'de>> Deserialize<'de> for Object<Q> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Fields<Q>(PhantomData<Q>);
        impl<'de, Q: Deserialize<'de>> Visitor<'de> for Fields<Q> {
            type Value = Q;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("an object")
            }

            fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<Q, A::Error> {
                Q::deserialize(MapAccessDeserializer::new(map))
            }
        }
        deserializer.deserialize_map(Fields(PhantomData)).map(Object).map_err(|error| {
            // Only the message tells what it was; a byte-order mark is the one such character that nobody sees.
            if error.to_string() == "expected value at line 1 column 1" {
                return D::Error::custom(
                    "its first character begins no value; if it cannot be seen, it is a byte-order mark (BOM)",
                );
            }
            error
        })
    }
}
