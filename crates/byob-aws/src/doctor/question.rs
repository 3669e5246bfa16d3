//! What is asked: a pasted document, and what it should do.

use serde::Deserialize;

use crate::{
    Bucket, Invalid, KmsKeyArn, Partition, Prefix, PrincipalArn, Region,
    arn::Dialect,
    iam::json::{Kind, Value},
    policies::{Access, BucketScope, Grant, trust::ExternalId},
};

/// Which document was pasted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum DocumentKind {
    /// What a role may do.
    Access,
    /// Who may assume a role.
    Trust,
    /// What narrows one session.
    Session,
    /// Which pages may use a bucket in a browser.
    Cors,
}

/// A pasted document, and what is wanted of it.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Question {
    /// Which document it is.
    pub kind: DocumentKind,
    /// As it was pasted: it need not be JSON.
    pub text: String,
    /// What it should do. Of what is left out, nothing is found missing or too broad.
    #[serde(default)]
    pub wanted: Option<Wanted>,
}

/// The settings of an integration that its documents are made from, as people type them. All may be left out.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Wanted {
    /// Which objects.
    pub scope: Option<Scope>,
    /// Short for a scope of one bucket.
    pub bucket: Option<String>,
    /// Goes with `bucket`.
    pub prefix: Option<String>,
    /// Any of `list`, `read`, `read_versions`, `write`, `delete` and `acl`; without it, `list` and `read`.
    pub access: Option<Vec<String>>,
    /// The KMS keys that encrypt the objects.
    pub kms_key_arns: Option<Vec<String>>,
    /// The bucket's region, which tells the partition.
    pub region: Option<String>,
    /// Such as `aws` or `aws-cn`.
    pub partition: Option<String>,
    /// Whom the trust policy should name.
    pub principal_arn: Option<String>,
    /// What it should ask for.
    pub external_id: Option<String>,
    /// The pages that use the bucket, as `https://host`.
    pub origins: Option<Vec<String>>,
}

/// Which objects.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(tag = "type", rename_all = "snake_case", deny_unknown_fields)]
pub enum Scope {
    /// One bucket, or a folder of it.
    Bucket {
        /// Its name, or the alias or ARN of an access point.
        bucket: String,
        /// The folder.
        #[serde(default)]
        prefix: Option<String>,
    },
    /// These buckets, or every one if none is named.
    AllPermitted {
        /// Their names.
        #[serde(default)]
        buckets: Vec<String>,
    },
}

/// A field of the question that is not what it should be.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{field}`: {invalid}")]
pub struct WrongField {
    /// Its path, such as `wanted.scope.bucket`.
    pub field: String,
    /// What is wrong, and how to mend it.
    pub invalid: Invalid,
}

impl WrongField {
    /// The same as the error of the other values of this crate, which names the field in its sentence. (Not as a `From`, which
    /// would leave `?` on [`Invalid`] in closures without a type.)
    pub fn into_invalid(self) -> Invalid {
        Invalid::new(self.invalid.code(), self.to_string(), self.invalid.hint())
    }
}

/// The longest text, in bytes: more than six times what AWS takes of the longest document.
pub const LONGEST_TEXT: usize = 64 * 1024;

/// The most buckets of one scope, and the most of other lists.
const MOST: usize = 500;

/// What is wanted, checked.
#[derive(Debug, Clone, Default)]
pub(super) struct Want {
    pub grant: Option<Grant>,
    pub access: Vec<Access>,
    pub partition: Option<Partition>,
    pub principal: Option<PrincipalArn>,
    pub external_id: Option<ExternalId>,
    pub origins: Option<Vec<String>>,
}

impl Want {
    pub fn check(question: &Question) -> Result<Self, WrongField> {
        if question.text.len() > LONGEST_TEXT {
            let detail = format!("The text has {} bytes.", question.text.len());
            return Err(wrong(
                "text",
                Invalid::new("too_long", detail, "Paste the document alone; 65,536 bytes are taken."),
            ));
        }
        let none = Wanted::default();
        let wanted = question.wanted.as_ref().unwrap_or(&none);
        let scope = wanted.scope()?;
        let access = wanted.access()?;
        let kms_keys = parse_all("kms_key_arns", wanted.kms_key_arns.as_deref(), KmsKeyArn::parse)?;
        let principal =
            parse("principal_arn", wanted.principal_arn.as_deref(), |text| PrincipalArn::parse(text, Dialect::Aws))?;
        let region = parse("region", wanted.region.as_deref(), Region::parse)?;
        let named = parse("partition", wanted.partition.as_deref(), partition)?;
        let of_keys = kms_keys.first().map(KmsKeyArn::partition);
        let of_principal = principal.as_ref().map(PrincipalArn::partition);
        let partition = named.or(region.map(|region| region.partition())).or(of_keys).or(of_principal);
        Ok(Self {
            grant: scope.map(|buckets| Grant {
                partition: partition.unwrap_or(Partition::Aws),
                buckets,
                access: access.clone(),
                kms_keys,
            }),
            access,
            partition,
            principal,
            external_id: parse("external_id", wanted.external_id.as_deref(), ExternalId::parse)?,
            origins: match &wanted.origins {
                Some(origins) => Some(parse_all("origins", Some(origins), origin)?),
                None => None,
            },
        })
    }
}

impl Want {
    /// Takes the partition that the pasted ARNs lie in, where nothing tells it otherwise.
    pub fn assume_partition_of(&mut self, pasted: &Value) {
        if self.partition.is_some() {
            return;
        }
        let mut found = Vec::new();
        partitions(pasted, &mut found);
        if let [only] = found.as_slice() {
            self.partition = Some(*only);
            if let Some(grant) = &mut self.grant {
                grant.partition = *only;
            }
        }
    }
}

fn partitions(value: &Value, found: &mut Vec<Partition>) {
    match &value.kind {
        Kind::String(text) => {
            let name = text.strip_prefix("arn:").and_then(|rest| rest.split(':').next());
            let partition = name.and_then(Partition::from_name).filter(|partition| !found.contains(partition));
            found.extend(partition);
        }
        Kind::Array(values) => values.iter().for_each(|value| partitions(value, found)),
        Kind::Object(members) => members.iter().for_each(|member| partitions(&member.value, found)),
        _ => {}
    }
}

impl Wanted {
    fn scope(&self) -> Result<Option<Vec<BucketScope>>, WrongField> {
        let one = |path: &str, bucket: &str, prefix: Option<&str>| {
            let bucket = Bucket::parse(bucket).map_err(|invalid| wrong(format!("wanted.{path}bucket"), invalid))?;
            let prefix = prefix.filter(|prefix| !prefix.is_empty());
            let prefix = parse(&format!("{path}prefix"), prefix, Prefix::parse_typed)?;
            Ok(Some(vec![BucketScope { bucket, prefix }]))
        };
        match (&self.scope, &self.bucket) {
            (Some(_), Some(_)) => {
                let detail = "The bucket is named twice, here and in `wanted.scope`.";
                Err(wrong("wanted.bucket", Invalid::new("ambiguous", detail, "Leave one of the two out.")))
            }
            (Some(_) | None, None) if self.prefix.as_ref().is_some_and(|prefix| !prefix.is_empty()) => {
                let detail = "There is a prefix, but no `wanted.bucket` beside it.";
                let hint = "Name the bucket, or put the prefix into `wanted.scope`.";
                Err(wrong("wanted.prefix", Invalid::new("missing_bucket", detail, hint)))
            }
            (Some(Scope::Bucket { bucket, prefix }), None) => one("scope.", bucket, prefix.as_deref()),
            (None, Some(bucket)) => one("", bucket, self.prefix.as_deref()),
            (Some(Scope::AllPermitted { buckets }), None) => {
                let buckets = parse_all("scope.buckets", Some(buckets), Bucket::parse)?;
                Ok(Some(buckets.into_iter().map(|bucket| BucketScope { bucket, prefix: None }).collect()))
            }
            (None, None) => Ok(None),
        }
    }

    fn access(&self) -> Result<Vec<Access>, WrongField> {
        let Some(names) = &self.access else { return Ok(vec![Access::List, Access::Read]) };
        if names.is_empty() {
            let invalid = Invalid::new("invalid_access", "No access is wanted.", "Name at least one, such as `read`.");
            return Err(wrong("wanted.access", invalid));
        }
        parse_all("access", Some(names), |name| {
            Access::ALL.into_iter().find(|access| access.as_str() == name).ok_or_else(|| {
                let hint = "Use `list`, `read`, `read_versions`, `write`, `delete` or `acl`.";
                Invalid::new("invalid_access", format!("There is no access `{name}`."), hint)
            })
        })
    }
}

fn wrong(field: impl Into<String>, invalid: Invalid) -> WrongField {
    WrongField { field: field.into(), invalid }
}

fn parse<T>(
    field: &str,
    text: Option<&str>,
    parse: impl Fn(&str) -> Result<T, Invalid>,
) -> Result<Option<T>, WrongField> {
    text.map(parse).transpose().map_err(|invalid| wrong(format!("wanted.{field}"), invalid))
}

fn parse_all<T: PartialEq>(
    field: &str,
    texts: Option<&[String]>,
    parse: impl Fn(&str) -> Result<T, Invalid>,
) -> Result<Vec<T>, WrongField> {
    let texts = texts.unwrap_or_default();
    if texts.len() > MOST {
        let detail = format!("{} are listed; {MOST} are taken.", texts.len());
        return Err(wrong(format!("wanted.{field}"), Invalid::new("too_many", detail, "Ask about a part of them.")));
    }
    let mut parsed = Vec::new();
    for (at, text) in texts.iter().enumerate() {
        let value = parse(text).map_err(|invalid| wrong(format!("wanted.{field}[{at}]"), invalid))?;
        if !parsed.contains(&value) {
            parsed.push(value);
        }
    }
    Ok(parsed)
}

fn partition(name: &str) -> Result<Partition, Invalid> {
    Partition::from_name(name).ok_or_else(|| {
        let hint = "Use `aws`, `aws-cn` or `aws-us-gov`, or set the region alone.";
        Invalid::new("invalid_partition", format!("There is no AWS partition `{name}`."), hint)
    })
}

/// `scheme://host` and a port, as browsers send it.
fn origin(text: &str) -> Result<String, Invalid> {
    let parsed = url::Url::parse(text).ok().filter(|url| ["http", "https"].contains(&url.scheme()));
    match parsed.map(|url| url.origin().ascii_serialization()) {
        Some(origin) if origin == text => Ok(origin),
        Some(origin) => {
            let detail = format!("`{text}` is not an origin as browsers send it.");
            Err(Invalid::new("invalid_origin", detail, format!("Write `{origin}`.")))
        }
        None => {
            let detail = format!("`{text}` is not an origin.");
            Err(Invalid::new(
                "invalid_origin",
                detail,
                "Write `https://host`, with the port if it is not the usual one.",
            ))
        }
    }
}
