//! The link that opens AWS's console with the template's parameters filled in.

use super::{
    super::{RoleName, SHORTEST_MAXIMUM},
    TemplateUrl,
    parameters::{LONGEST_VALUE, name_of},
};
use crate::{
    KmsKeyArn, Partition, PrincipalArn, Region, encode,
    policies::{Access, BucketScope, Grant, document::escape, trust::ExternalId},
};

/// What a stack is to make.
#[derive(Debug, Clone)]
pub struct Stack<'a> {
    /// The role's name; the stack is called like it.
    pub role_name: &'a RoleName,
    /// Who may assume the role.
    pub principal: &'a PrincipalArn,
    /// Only with this external ID.
    pub external_id: &'a ExternalId,
    /// What the role may do.
    pub grant: &'a Grant,
    /// Where the console makes the stack: the bucket's region. The role is in all of them.
    pub region: &'a Region,
    /// How long sessions are asked for, in seconds.
    pub session_duration: u32,
}

/// The link, if the template can say what the stack is to make.
///
/// It cannot, and there is none,
/// - for more or less than one bucket, and for an access point's ARN;
/// - for a prefix with characters beyond ASCII, which IAM takes as escapes only and CloudFormation does not pass on; with blanks at an
///   end, which a form may lose; or with `{{`, which begins something that CloudFormation replaces;
/// - for KMS keys of several regions;
/// - for a partition whose console is not known, or cannot load the template.
///
/// ```
/// use byob_aws::{Bucket, Partition, PrincipalArn, Region, arn::Dialect, policies::{Access, BucketScope, Grant, trust::ExternalId}};
/// use byob_aws::render::{RoleName, quick_create::{Stack, TemplateUrl, link}};
///
/// let scope = BucketScope { bucket: Bucket::parse("images")?, prefix: None };
/// let stack = Stack {
///     role_name: &RoleName::suggest("images", "int_01jd8w2v5n3x"),
///     principal: &PrincipalArn::parse("arn:aws:iam::111122223333:role/byob", Dialect::Aws)?,
///     external_id: &ExternalId::parse("3b4e0f52-7d1c-4c1e-9f0e-6a3f2f1f5b11")?,
///     grant: &Grant { partition: Partition::Aws, buckets: vec![scope], access: vec![Access::Read], kms_keys: vec![] },
///     region: &Region::parse("eu-central-1")?,
///     session_duration: 3600,
/// };
/// let template = TemplateUrl::parse("https://templates.s3.eu-central-1.amazonaws.com/byob.json")?;
/// let link = link(&template, &stack).unwrap_or_default();
/// assert!(link.starts_with("https://eu-central-1.console.aws.amazon.com/cloudformation/home?region=eu-central-1#/stacks/create/review?"));
/// assert!(link.contains("&param_Bucket=images&") && link.contains("&param_Read=true&"));
/// # Ok::<(), byob_aws::Invalid>(())
/// ```
pub fn link(template_url: &TemplateUrl, stack: &Stack<'_>) -> Option<String> {
    let (partition, region) = (stack.grant.partition, stack.region);
    let console = console(partition).filter(|_| template_url.serves(partition) && region.partition() == partition)?;
    let parameters = parameters(stack)?;
    let mut link = format!("https://{region}.{console}/cloudformation/home?region={region}#/stacks/create/review");
    let fixed = [("templateURL".to_owned(), template_url.as_str().to_owned()), ("stackName".to_owned(), name(stack))];
    let named = parameters.into_iter().map(|(name, value)| (format!("param_{name}"), value));
    for (at, (name, value)) in fixed.into_iter().chain(named).enumerate() {
        link.push(if at == 0 { '?' } else { '&' });
        link.push_str(&name);
        link.push('=');
        encode::push(&mut link, encode::query(&value));
    }
    Some(link)
}

/// The console's host, to which that of a region is added in front.
///
/// Source: <https://docs.aws.amazon.com/general/latest/gr/mgmt-console.html>. China and `GovCloud` have consoles of their own.
fn console(partition: Partition) -> Option<&'static str> {
    match partition {
        Partition::Aws => Some("console.aws.amazon.com"),
        Partition::AwsCn => Some("console.amazonaws.cn"),
        Partition::AwsUsGov => Some("console.amazonaws-us-gov.com"),
        Partition::AwsEusc | Partition::AwsIso | Partition::AwsIsoB | Partition::AwsIsoE | Partition::AwsIsoF => None,
    }
}

/// The stack's name: like the role's, with letters, digits and hyphens only, and a letter first.
fn name(stack: &Stack<'_>) -> String {
    let role = stack.role_name.as_str();
    let plain = role.chars().map(|c| if c.is_ascii_alphanumeric() { c } else { '-' });
    let first = if role.starts_with(|c: char| c.is_ascii_alphabetic()) { "" } else { "byob-" };
    first.chars().chain(plain).collect()
}

/// The template's parameters: all of them, so that the console's page says no other thing by default.
fn parameters(stack: &Stack<'_>) -> Option<Vec<(&'static str, String)>> {
    let Grant { partition, buckets, access, kms_keys } = stack.grant;
    let [BucketScope { bucket, prefix }] = buckets.as_slice() else { return None };
    let prefix = prefix.as_ref().map(|prefix| escape(prefix.as_str())).unwrap_or_default();
    let keys: Vec<String> = kms_keys.iter().map(ToString::to_string).collect();
    let wanted = |kind: Access| if access.contains(&kind) { "true" } else { "false" }.to_owned();
    let mut parameters = vec![
        ("RoleName", stack.role_name.to_string()),
        ("MaxSessionDuration", stack.session_duration.max(SHORTEST_MAXIMUM).to_string()),
        ("PrincipalArn", stack.principal.to_string()),
        ("ExternalId", stack.external_id.as_str().to_owned()),
        ("Bucket", bucket.as_str().to_owned()),
        ("Prefix", prefix),
        ("KmsKeyArns", keys.join(",")),
    ];
    parameters.extend(Access::ALL.map(|kind| (name_of(kind), wanted(kind))));
    let sayable =
        !bucket.is_arn() && same_region(kms_keys, *partition) && parameters.iter().all(|(_, value)| is_kept(value));
    sayable.then_some(parameters)
}

/// Whether a value comes through the console's form and CloudFormation as it is.
fn is_kept(value: &str) -> bool {
    value.bytes().all(|b| b.is_ascii_graphic() || b == b' ')
        && value.trim() == value
        && !value.contains("{{")
        && value.len() <= LONGEST_VALUE
}

/// The template names one service for all keys: S3 in the region of the first.
fn same_region(keys: &[KmsKeyArn], partition: Partition) -> bool {
    keys.iter().all(|key| key.partition() == partition && key.region() == keys[0].region())
}
