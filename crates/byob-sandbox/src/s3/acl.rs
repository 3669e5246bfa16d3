//! Access control lists, as far as buckets that ask for them need: the canned ones, and grants to accounts and everybody.
//!
//! New buckets have them off ("bucket owner enforced"), as at AWS since April 2023, unless they are made with a list or with another
//! ownership. Source: <https://docs.aws.amazon.com/AmazonS3/latest/userguide/acl-overview.html>.

use axum::response::Response;
use s3s::dto::{AccessControlPolicy, OwnershipControls, Type};

use super::{
    objects::{deleted, find},
    public_access,
    request::{S3Request, invalid_argument, parse_xml},
    respond::{empty, xml_text},
};
use crate::{
    refusal::{Refusal, xml},
    state::{
        Bucket,
        buckets::{Acl, Grant, Grantee},
    },
};

const ALL_USERS: &str = "http://acs.amazonaws.com/groups/global/AllUsers";
const SCHEMA: &str = "http://www.w3.org/2001/XMLSchema-instance";
const AUTHENTICATED: &str = "http://acs.amazonaws.com/groups/global/AuthenticatedUsers";
const GRANTS: [(&str, &str); 5] = [
    ("x-amz-grant-read", "READ"),
    ("x-amz-grant-write", "WRITE"),
    ("x-amz-grant-read-acp", "READ_ACP"),
    ("x-amz-grant-write-acp", "WRITE_ACP"),
    ("x-amz-grant-full-control", "FULL_CONTROL"),
];
/// Whose the objects are that nobody in particular uploaded.
///
/// Source: <https://docs.aws.amazon.com/AmazonS3/latest/userguide/acl-overview.html#who-is-a-grantee>.
const ANONYMOUS: &str = "65a011a29cdf8ec533ec3d1ccaae921c";

/// Whether the request brings a list in its headers.
pub fn is_asked_for(request: &S3Request) -> bool {
    request.header_or_param("x-amz-acl").is_some()
        || GRANTS.iter().any(|(name, _)| request.header_or_param(name).is_some())
}

/// The list that the headers of a request describe.
pub fn of_headers(request: &S3Request, bucket: &Bucket) -> Result<Acl, Refusal> {
    let canned = request.header_or_param("x-amz-acl");
    let has_grants = GRANTS.iter().any(|(name, _)| request.header_or_param(name).is_some());
    if canned.is_some() && has_grants {
        return Err(Refusal::new(
            400,
            "InvalidRequest",
            "Specifying both Canned ACLs and Header Grants is not allowed",
        ));
    }
    let grants_nothing_new = matches!(canned, Some("bucket-owner-full-control" | "private") | None) && !has_grants;
    if is_enforced(bucket) && !grants_nothing_new && canned.is_none_or(is_canned) {
        return Err(not_supported());
    }
    let everybody = |permission: &str| Grant { grantee: Grantee::AllUsers, permission: permission.to_owned() };
    let mut grants = match canned {
        None
        | Some(
            "private" | "bucket-owner-read" | "bucket-owner-full-control" | "aws-exec-read" | "log-delivery-write",
        ) => Vec::new(),
        Some("public-read") => vec![everybody("READ")],
        Some("public-read-write") => vec![everybody("READ"), everybody("WRITE")],
        Some("authenticated-read") => {
            vec![Grant { grantee: Grantee::AuthenticatedUsers, permission: "READ".to_owned() }]
        }
        Some(other) => return Err(invalid_argument("", "x-amz-acl", other)),
    };
    for (name, permission) in GRANTS {
        for named in
            request.header_or_param(name).unwrap_or_default().split(',').map(str::trim).filter(|text| !text.is_empty())
        {
            let (kind, who) =
                named.split_once('=').ok_or_else(|| invalid_argument("Argument format not recognized", name, named))?;
            grants.push(Grant {
                grantee: grantee(request, kind.trim(), who.trim().trim_matches('"'))?,
                permission: permission.to_owned(),
            });
        }
    }
    Ok(Acl { grants, owner: None, without_owner: has_grants })
}

fn is_canned(name: &str) -> bool {
    const NAMES: [&str; 8] = [
        "private",
        "public-read",
        "public-read-write",
        "authenticated-read",
        "bucket-owner-read",
        "bucket-owner-full-control",
        "aws-exec-read",
        "log-delivery-write",
    ];
    NAMES.contains(&name)
}

/// The list of an object that is being written. Where lists are on, an object belongs to whoever writes it, and the bucket's owner
/// needs a grant.
///
/// Source: <https://docs.aws.amazon.com/AmazonS3/latest/userguide/about-object-ownership.html>.
pub fn of_new_object(request: &S3Request, bucket: &Bucket) -> Result<Acl, Refusal> {
    let mut acl = if is_asked_for(request) { of_headers(request, bucket)? } else { Acl::default() };
    let canned = request.header_or_param("x-amz-acl");
    let hands_over = ownership(bucket) == Some(PREFERRED.to_owned()) && canned == Some("bucket-owner-full-control");
    if is_enforced(bucket) || hands_over || request.call.caller.account() == Some(&bucket.account) {
        return Ok(acl);
    }
    acl.owner = Some(request.canonical_id().unwrap_or_else(|| ANONYMOUS.to_owned()));
    let permission = match canned {
        Some("bucket-owner-read") => Some("READ"),
        Some("bucket-owner-full-control") => Some("FULL_CONTROL"),
        _ => None,
    };
    if let (Some(permission), Some(owner)) = (permission, request.owner_of(bucket).id) {
        acl.grants.push(Grant { grantee: Grantee::Account(owner), permission: permission.to_owned() });
    }
    Ok(acl)
}

fn grantee(request: &S3Request, kind: &str, who: &str) -> Result<Grantee, Refusal> {
    match (kind, who) {
        ("uri", ALL_USERS) => Ok(Grantee::AllUsers),
        ("uri", AUTHENTICATED) => Ok(Grantee::AuthenticatedUsers),
        ("uri", _) => Err(invalid_argument("Invalid group uri", "uri", who)),
        ("id", _) if request.call.iam.accounts.values().any(|account| account.canonical_id == who) => {
            Ok(Grantee::Account(who.to_owned()))
        }
        ("id", _) => Err(invalid_argument("Invalid id", "CanonicalUser/ID", who)),
        _ => Err(Refusal::new(
            400,
            "UnresolvableGrantByEmailAddress",
            "The email address you provided does not match any account on record.",
        )),
    }
}

/// A bucket with the ownership and list that it is made with.
pub fn of_new_bucket(request: &S3Request, mut bucket: Bucket) -> Result<Bucket, Refusal> {
    let ownership = match request.header("x-amz-object-ownership") {
        // A list makes no sense without lists: before 2023 such a bucket had them, and test suites still make it.
        None if is_asked_for(request) => "ObjectWriter",
        None => ENFORCED,
        Some(named @ (ENFORCED | PREFERRED | "ObjectWriter")) => named,
        Some(other) => {
            return Err(invalid_argument("Invalid x-amz-object-ownership header", "x-amz-object-ownership", other));
        }
    };
    if ownership == ENFORCED && is_asked_for(request) && !of_headers(request, &bucket)?.grants.is_empty() {
        return Err(has_grants());
    }
    let controls = maud::html! {
        OwnershipControls xmlns="http://s3.amazonaws.com/doc/2006-03-01/" { Rule { ObjectOwnership { (ownership) } } }
    };
    bucket.configuration.insert("ownershipControls".to_owned(), xml(&controls));
    bucket.acl = of_headers(request, &bucket)?;
    Ok(bucket)
}

const ENFORCED: &str = "BucketOwnerEnforced";
const PREFERRED: &str = "BucketOwnerPreferred";

/// Whether lists are off.
fn is_enforced(bucket: &Bucket) -> bool {
    ownership(bucket).as_deref() == Some(ENFORCED)
}

fn ownership(bucket: &Bucket) -> Option<String> {
    let text = bucket.configuration.get("ownershipControls")?;
    let controls = parse_xml::<OwnershipControls>(text.as_bytes()).ok()?;
    controls.rules.first().map(|rule| rule.object_ownership.as_str().to_owned())
}

/// Lists can be turned off only where they grant nothing to others.
pub fn check_ownership(bucket: &Bucket, controls: &[u8]) -> Result<(), Refusal> {
    let controls: OwnershipControls = parse_xml(controls)?;
    let enforces = controls.rules.iter().any(|rule| rule.object_ownership.as_str() == ENFORCED);
    if enforces && !bucket.acl.grants.is_empty() { Err(has_grants()) } else { Ok(()) }
}

fn has_grants() -> Refusal {
    let message = "Bucket cannot have ACLs set with ObjectOwnership's BucketOwnerEnforced setting";
    Refusal::new(400, "InvalidBucketAclWithObjectOwnership", message)
}

fn not_supported() -> Refusal {
    Refusal::new(400, "AccessControlListNotSupported", "The bucket does not allow ACLs")
}

/// `GetBucketAcl`.
pub fn get_bucket(request: &S3Request) -> Result<Response, Refusal> {
    let state = request.call.sandbox.read();
    let bucket = request.bucket(&state)?;
    request.demand(bucket, "s3:GetBucketAcl")?;
    Ok(document(request, bucket, &bucket.acl))
}

/// `PutBucketAcl`.
pub fn put_bucket(request: &S3Request) -> Result<Response, Refusal> {
    let mut state = request.call.sandbox.write();
    let bucket = request.bucket(&state)?;
    request.demand(bucket, "s3:PutBucketAcl")?;
    let acl = wanted(request, bucket, None)?;
    request.bucket_mut(&mut state)?.acl = acl;
    Ok(empty(200))
}

/// `GetObjectAcl`.
pub fn get_object(request: &S3Request) -> Result<Response, Refusal> {
    let state = request.call.sandbox.read();
    let bucket = request.bucket(&state)?;
    let version = find(request, bucket, "s3:GetObjectAcl", "s3:GetObjectVersionAcl")?;
    let object = version.object.as_ref().ok_or_else(|| deleted(request, bucket, version))?;
    Ok(document(request, bucket, &object.acl))
}

/// `PutObjectAcl`.
pub fn put_object(request: &S3Request) -> Result<Response, Refusal> {
    let mut state = request.call.sandbox.write();
    let bucket = request.bucket(&state)?;
    let version = find(request, bucket, "s3:PutObjectAcl", "s3:PutObjectVersionAcl")?;
    if version.is_delete_marker() {
        return Err(deleted(request, bucket, version));
    }
    let owner = version.object.as_ref().and_then(|object| object.acl.owner.clone());
    let (acl, id) = (wanted(request, bucket, owner)?, version.id.clone());
    let versions = request.bucket_mut(&mut state)?.objects.get_mut(&request.key).into_iter().flatten();
    let found = versions.filter(|version| version.id == id).find_map(|version| version.object.as_mut());
    if let Some(object) = found {
        object.acl = acl;
    }
    Ok(empty(200))
}

/// The list of a request that sets one: in headers or as a document. Owners stay who they are.
fn wanted(request: &S3Request, bucket: &Bucket, owner: Option<String>) -> Result<Acl, Refusal> {
    public_access::check_acl(request, bucket)?;
    if is_asked_for(request) {
        return Ok(Acl { owner, ..of_headers(request, bucket)? });
    }
    let document: AccessControlPolicy = request.document()?;
    let mut of_owner = false;
    let owner_id = owner.clone().or_else(|| request.owner_of(bucket).id);
    let mut grants = Vec::new();
    for grant in document.grants.into_iter().flatten() {
        let malformed = super::request::malformed_xml;
        let permission = grant.permission.ok_or_else(malformed)?.as_str().to_owned();
        if !GRANTS.iter().any(|(_, known)| *known == permission) {
            return Err(malformed());
        }
        let named = grant.grantee.ok_or_else(malformed)?;
        let (kind, who) = match named.type_.as_str() {
            Type::CANONICAL_USER => ("id", named.id.unwrap_or_default()),
            Type::GROUP => ("uri", named.uri.unwrap_or_default()),
            _ => ("emailAddress", named.email_address.unwrap_or_default()),
        };
        if kind == "id" && permission == "FULL_CONTROL" && Some(&who) == owner_id.as_ref() {
            of_owner = true;
        } else {
            grants.push(Grant { grantee: grantee(request, kind, &who)?, permission });
        }
    }
    if is_enforced(bucket) && (!grants.is_empty() || !of_owner) {
        return Err(not_supported());
    }
    Ok(Acl { grants, owner, without_owner: !of_owner })
}

fn document(request: &S3Request, bucket: &Bucket, acl: &Acl) -> Response {
    let account = |id: &str| {
        let known = request.call.iam.accounts.values().find(|account| account.canonical_id == *id);
        known.map(|account| account.name.clone()).unwrap_or_default()
    };
    let id = acl.owner.clone().or_else(|| request.owner_of(bucket).id).unwrap_or_default();
    let name = account(&id);
    let grantee = |grantee: &Grantee| match grantee {
        Grantee::Account(id) => maud::html! {
            Grantee xmlns:xsi=(SCHEMA) xsi:type="CanonicalUser" { ID { (id) } DisplayName { (account(id)) } }
        },
        Grantee::AllUsers => maud::html! { Grantee xmlns:xsi=(SCHEMA) xsi:type="Group" { URI { (ALL_USERS) } } },
        Grantee::AuthenticatedUsers => {
            maud::html! { Grantee xmlns:xsi=(SCHEMA) xsi:type="Group" { URI { (AUTHENTICATED) } } }
        }
    };
    // Without lists the owner alone has everything, whatever a list says.
    let (grants, without_owner) =
        if is_enforced(bucket) { (&[][..], false) } else { (acl.grants.as_slice(), acl.without_owner) };
    let (accounts, groups): (Vec<&Grant>, Vec<&Grant>) =
        grants.iter().partition(|grant| matches!(grant.grantee, Grantee::Account(_)));
    xml_text(xml(&maud::html! {
        AccessControlPolicy xmlns="http://s3.amazonaws.com/doc/2006-03-01/" {
            Owner { ID { (id) } DisplayName { (name) } }
            AccessControlList {
                @for grant in groups { Grant { (grantee(&grant.grantee)) Permission { (grant.permission) } } }
                @if !without_owner { Grant { (grantee(&Grantee::Account(id.clone()))) Permission { "FULL_CONTROL" } } }
                @for grant in accounts { Grant { (grantee(&grant.grantee)) Permission { (grant.permission) } } }
            }
        }
    }))
}

/// Whose an object is that is not its bucket's: by canonical ID, for actions that are the object's own. Policies of the bucket allow
/// nothing on it.
///
/// Source: <https://docs.aws.amazon.com/AmazonS3/latest/userguide/access-control-auth-workflow-object-operation.html>.
pub fn other_owner<'a>(bucket: &'a Bucket, key: Option<&str>, version: Option<&str>, action: &str) -> Option<&'a str> {
    const OF_OBJECTS: [&str; 12] = [
        "s3:GetObject",
        "s3:GetObjectVersion",
        "s3:GetObjectAcl",
        "s3:GetObjectVersionAcl",
        "s3:GetObjectAttributes",
        "s3:GetObjectVersionAttributes",
        "s3:GetObjectTagging",
        "s3:GetObjectVersionTagging",
        "s3:PutObjectAcl",
        "s3:PutObjectVersionAcl",
        "s3:PutObjectTagging",
        "s3:PutObjectVersionTagging",
    ];
    if is_enforced(bucket) || !OF_OBJECTS.contains(&action) {
        return None;
    }
    let key = key?;
    let found = version.map_or_else(|| bucket.newest(key), |id| bucket.version(key, id));
    found?.object.as_ref()?.acl.owner.as_deref()
}

/// What a list grants for an action, as a policy that the evaluator understands; nothing where it grants nothing.
pub fn as_policy(
    bucket: &Bucket,
    key: Option<&str>,
    version: Option<&str>,
    action: &str,
    caller: Option<&str>,
    account: Option<&str>,
    is_new: bool,
) -> Option<String> {
    if is_enforced(bucket) {
        return None;
    }
    let (of_object, permission) = match action {
        // Who may write an object may say with it who may read it, and tag it.
        "s3:PutObjectAcl" | "s3:PutObjectTagging" if is_new => (false, "WRITE"),
        "s3:ListBucket" | "s3:ListBucketVersions" | "s3:ListBucketMultipartUploads" => (false, "READ"),
        "s3:PutObject" | "s3:DeleteObject" | "s3:AbortMultipartUpload" | "s3:ListMultipartUploadParts" => {
            (false, "WRITE")
        }
        "s3:GetBucketAcl" => (false, "READ_ACP"),
        "s3:PutBucketAcl" => (false, "WRITE_ACP"),
        "s3:GetObject" | "s3:GetObjectVersion" => (true, "READ"),
        "s3:GetObjectAcl" | "s3:GetObjectVersionAcl" => (true, "READ_ACP"),
        "s3:PutObjectAcl" | "s3:PutObjectVersionAcl" => (true, "WRITE_ACP"),
        _ => return None,
    };
    let acl = if of_object {
        let key = key?;
        let found = version.map_or_else(|| bucket.newest(key), |id| bucket.version(key, id));
        match found.and_then(|found| found.object.as_ref()) {
            Some(object) => &object.acl,
            // Who may list the bucket may learn that there is nothing.
            None if permission == "READ" => &bucket.acl,
            None => return None,
        }
    } else {
        &bucket.acl
    };
    let ignores_public = public_access::of(bucket).ignore_acls;
    let granted = acl.grants.iter().any(|grant| {
        let to_caller = match &grant.grantee {
            Grantee::AllUsers => !ignores_public,
            Grantee::AuthenticatedUsers => !ignores_public && caller.is_some(),
            Grantee::Account(id) => Some(id.as_str()) == caller,
        };
        to_caller && (grant.permission == permission || grant.permission == "FULL_CONTROL")
    });
    let to_everybody = acl.grants.iter().any(|grant| matches!(grant.grantee, Grantee::AllUsers));
    let principal = match account {
        Some(account) if !to_everybody => serde_json::json!({ "AWS": account }),
        _ => serde_json::json!("*"),
    };
    granted.then(|| {
        let resource = key.map_or_else(|| bucket.arn(), |_| format!("{}/*", bucket.arn()));
        serde_json::json!({
            "Version": "2012-10-17",
            "Statement": [{ "Effect": "Allow", "Principal": principal, "Action": action, "Resource": resource }],
        })
        .to_string()
    })
}
