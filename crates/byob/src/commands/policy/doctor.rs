//! `byob policy doctor`

use std::{
    io::{self, IsTerminal, Read},
    path::{Path, PathBuf},
    process::ExitCode,
};

use anyhow::Context;
use byob_aws::doctor::{Diagnosis, DocumentKind, Question, Verdict, Wanted, WrongField, diagnose};
use clap::{Args, ValueEnum};

use super::{answer, report};

/// Find what is wrong with a pasted policy or CORS configuration, and print the corrected document.
///
/// With FILE, prints a report for people. Without it, reads a question from standard input and answers in JSON.
#[derive(Args)]
#[command(after_help = "Examples:\n  \
    byob policy doctor trust.json --kind trust --principal-arn arn:aws:iam::111122223333:role/byob --external-id 3b4e0f52-…\n  \
    pbpaste | byob policy doctor - --kind access --bucket acme-images --prefix team --access list,read\n  \
    byob policy doctor cors.json --kind cors --origin https://app.example\n\n\
    What is not said to be wanted is not found missing or too broad. The command fails if there is an error among the findings.\n\n\
    Without FILE, the question is a JSON document on standard input:\n  \
    {\"kind\":\"access|trust|session|cors\",\"text\":\"…\",\"wanted\":{\"scope\":{\"type\":\"bucket\",\"bucket\",\"prefix\"} or\n   \
    {\"type\":\"all_permitted\",\"buckets\":[…]},\"access\":[…],\"kms_key_arns\":[…],\"region\",\"partition\",\n   \
    \"principal_arn\",\"external_id\",\"origins\":[…]}}\n  \
    → {\"verdict\":\"good|improvable|wrong\",\"findings\":[{\"code\",\"severity\":\"error|warning|note\",\"detail\",\"hint\",\n   \
    \"line\",\"column\",\"offset\",\"statement\"}],\"corrected\":document or null} or {\"error\"}")]
pub struct Doctor {
    /// The pasted document; `-` is standard input.
    #[arg(requires = "kind", conflicts_with = "jsonl")]
    file: Option<PathBuf>,
    /// Read JSON lines, and answer each with one line.
    #[arg(long)]
    jsonl: bool,
    /// Which document it is.
    #[arg(long, value_enum, requires = "file")]
    kind: Option<Kind>,
    /// Print the answer as JSON.
    #[arg(long, requires = "file")]
    json: bool,
    #[command(flatten)]
    wanted: WantedArgs,
}

#[derive(Clone, Copy, ValueEnum)]
enum Kind {
    /// What the role may do.
    Access,
    /// Who may assume the role.
    Trust,
    /// What narrows one session.
    Session,
    /// Which pages may use the bucket.
    Cors,
}

/// What the document should do.
#[derive(Args)]
#[command(next_help_heading = "Wanted")]
struct WantedArgs {
    /// The bucket.
    #[arg(long, requires = "file")]
    bucket: Option<String>,
    /// The folder of the bucket.
    #[arg(long, requires = "bucket")]
    prefix: Option<String>,
    /// Any of `list`, `read`, `read_versions`, `write`, `delete` and `acl` [default: list,read].
    #[arg(long, value_delimiter = ',', requires = "file")]
    access: Option<Vec<String>>,
    /// A KMS key that encrypts the objects; can be given several times.
    #[arg(long = "kms-key-arn", value_name = "ARN", requires = "file")]
    kms_key_arns: Option<Vec<String>>,
    /// The bucket's region.
    #[arg(long, requires = "file")]
    region: Option<String>,
    /// Whom the trust policy should name.
    #[arg(long, value_name = "ARN", requires = "file")]
    principal_arn: Option<String>,
    /// What the trust policy should ask for.
    #[arg(long, value_name = "ID", requires = "file")]
    external_id: Option<String>,
    /// A page that uses the bucket, as `https://host`; can be given several times.
    #[arg(long = "origin", value_name = "ORIGIN", requires = "file")]
    origins: Option<Vec<String>>,
}

impl Doctor {
    /// Reports on the file, or answers questions.
    pub fn run(self) -> anyhow::Result<ExitCode> {
        let (Some(file), Some(kind)) = (&self.file, self.kind) else {
            let ask = |question: Question| diagnose(&question).map_err(WrongField::into_invalid);
            return answer(self.jsonl, ask, code);
        };
        let text = read(file)?;
        let question = Question { kind: kind.into(), text, wanted: Some(self.wanted.into()) };
        let diagnosis = diagnose(&question).map_err(|wrong| anyhow::anyhow!("{}", explained(&wrong)))?;
        if self.json {
            println!("{}", serde_json::to_string_pretty(&diagnosis)?);
        } else {
            let name = if file == Path::new("-") { "standard input".to_owned() } else { file.display().to_string() };
            print!("{}", report::report(&name, &question.text, &diagnosis, io::stdout().is_terminal()));
        }
        Ok(code(&diagnosis))
    }
}

fn code(diagnosis: &Diagnosis) -> ExitCode {
    if diagnosis.verdict == Verdict::Wrong { ExitCode::FAILURE } else { ExitCode::SUCCESS }
}

/// The text of a file. What is not UTF-8 becomes visible, and is found by the doctor, as the mark of UTF-16 is: PowerShell writes it.
fn read(file: &Path) -> anyhow::Result<String> {
    let mut bytes = Vec::new();
    if file == Path::new("-") {
        io::stdin().read_to_end(&mut bytes)?;
    } else {
        bytes = std::fs::read(file).with_context(|| format!("{} cannot be read", file.display()))?;
    }
    Ok(text_of(&bytes))
}

fn text_of(bytes: &[u8]) -> String {
    let wide = |unit: fn([u8; 2]) -> u16| {
        let units: Vec<u16> = bytes.chunks_exact(2).map(|pair| unit([pair[0], pair[1]])).collect();
        String::from_utf16_lossy(&units)
    };
    match bytes {
        [0xff, 0xfe, ..] => wide(u16::from_le_bytes),
        [0xfe, 0xff, ..] => wide(u16::from_be_bytes),
        _ => String::from_utf8_lossy(bytes).into_owned(),
    }
}

/// A wrong field, by the name of its option.
fn explained(wrong: &WrongField) -> String {
    let field = wrong.field.strip_prefix("wanted.").unwrap_or(&wrong.field);
    let field = field.split('[').next().unwrap_or(field);
    let option = match field {
        "kms_key_arns" => "--kms-key-arn".to_owned(),
        "origins" => "--origin".to_owned(),
        "text" => "FILE".to_owned(),
        _ => format!("--{}", field.replace('_', "-")),
    };
    format!("{option}: {} {}", wrong.invalid.detail(), wrong.invalid.hint())
}

impl From<Kind> for DocumentKind {
    fn from(kind: Kind) -> Self {
        match kind {
            Kind::Access => Self::Access,
            Kind::Trust => Self::Trust,
            Kind::Session => Self::Session,
            Kind::Cors => Self::Cors,
        }
    }
}

impl From<WantedArgs> for Wanted {
    fn from(args: WantedArgs) -> Self {
        let WantedArgs { bucket, prefix, access, kms_key_arns, region, principal_arn, external_id, origins } = args;
        Self {
            bucket,
            prefix,
            access,
            kms_key_arns,
            region,
            principal_arn,
            external_id,
            origins,
            scope: None,
            partition: None,
        }
    }
}

#[cfg(test)]
mod tests {
    use clap::Parser;

    use super::*;
    use crate::{commands::policy::Object, jsonl};

    #[derive(Parser)]
    struct Command {
        #[command(flatten)]
        doctor: Doctor,
    }

    fn parse(arguments: &str) -> Result<Doctor, String> {
        let words = ["doctor"].into_iter().chain(arguments.split_whitespace());
        Command::try_parse_from(words).map(|command| command.doctor).map_err(|error| error.to_string())
    }

    #[test]
    fn options_say_what_is_wanted() {
        let arguments = "x.json --kind trust --bucket images --prefix team --access list,read --region eu-west-1 \
            --principal-arn arn --external-id id --kms-key-arn one --kms-key-arn two --origin https://a.example";
        let wanted = Wanted::from(parse(arguments).unwrap().wanted);
        let expected = serde_json::json!({
            "bucket": "images", "prefix": "team", "access": ["list", "read"], "region": "eu-west-1", "principal_arn": "arn",
            "external_id": "id", "kms_key_arns": ["one", "two"], "origins": ["https://a.example"],
        });
        assert_eq!(wanted, serde_json::from_value(expected).unwrap());
    }

    #[test]
    fn a_file_and_questions_do_not_go_together() {
        assert!(parse("").is_ok() && parse("--jsonl").is_ok());
        for (arguments, says) in [
            ("x.json", "--kind"),
            ("x.json --kind trust --jsonl", "cannot be used with"),
            ("--kind trust", "<FILE>"),
            ("--bucket images", "<FILE>"),
            ("x.json --kind access --prefix team", "--bucket"),
            ("x.json --kind bucket", "access, trust, session, cors"),
        ] {
            let error = parse(arguments).err().unwrap();
            assert!(error.contains(says), "{arguments}: {error}");
        }
    }

    #[test]
    fn what_powershell_writes_is_read_and_its_mark_stays() {
        let little: Vec<u8> = "\u{feff}{\"a\": \"ü\"}".encode_utf16().flat_map(u16::to_le_bytes).collect();
        let big: Vec<u8> = "\u{feff}{}".encode_utf16().flat_map(u16::to_be_bytes).collect();
        assert_eq!(text_of(&little), "\u{feff}{\"a\": \"ü\"}");
        assert_eq!(text_of(&big), "\u{feff}{}");
        assert_eq!(text_of("ü".as_bytes()), "ü");
    }

    #[test]
    fn a_wrong_option_is_called_by_its_name() {
        let said = |wanted: &str| {
            let wanted = serde_json::from_str(wanted).unwrap();
            let question = Question { kind: DocumentKind::Access, text: "{}".to_owned(), wanted };
            explained(&diagnose(&question).unwrap_err())
        };
        assert!(said(r#"{"bucket": "Images"}"#).starts_with("--bucket: A bucket's name cannot hold `I`"));
        assert!(said(r#"{"kms_key_arns": ["x"]}"#).starts_with("--kms-key-arn: "));
        assert!(said(r#"{"access": ["look"]}"#).starts_with("--access: There is no access `look`."));
        assert!(said(r#"{"principal_arn": "x"}"#).starts_with("--principal-arn: "));
    }

    #[test]
    fn a_question_is_an_object_with_known_fields() {
        let said = |line: &str| jsonl::question::<Object<Question>>(line.as_bytes()).err().unwrap().detail().to_owned();
        assert!(said(r#"["trust", "{}", null]"#).contains("expected an object"));
        assert!(said(r#"{"kind": "trust"}"#).contains("missing field `text`"));
        assert!(said(r#"{"kind": "trust", "text": "", "wanted": {"bukket": "x"}}"#).contains("unknown field `bukket`"));
        assert!(said(r#"{"kind": "trust", "text": 1}"#).contains("expected a string"));
    }
}
