//! Reading: objects, versions, and what is encrypted.

use aws_sdk_s3::{operation::get_object::GetObjectOutput, types::EncodingType};
use byob_aws::{Locator, ObjectKey, policies::Access};

use super::{
    causes::Signs,
    denial::Denial,
    judged::Judged,
    report::NOTHING_THERE,
    run::{Encrypted, Object, Readable, Run},
    steps::StepName,
};
use crate::{
    aws_io::fault::{Fault, FaultKind},
    files::decoded,
};

/// The part of an object that is asked for.
pub(super) const RANGE: &str = "bytes=0-1023";

/// So many objects are tried: the first may be encrypted with a key that the next is not.
const TRIED: usize = 3;

const READ: &str = "s3:GetObject";

/// What reading an object by its version needs.
const READ_VERSION: &str = "s3:GetObjectVersion";

impl Run<'_> {
    pub(super) async fn object_readable(&mut self) -> Judged {
        let Some(spec) = self.spec() else { return Judged::skipped("The settings are not right.") };
        if !spec.access.contains(&Access::Read) {
            return Judged::not_applicable("`read` is not declared.");
        }
        let candidates = self.candidates();
        if candidates.is_empty() {
            return self.nothing_to_read().await;
        }
        let mut last = None;
        for mut object in candidates {
            let mut answer = self.read(&object.locator, object.size, false).await;
            if answer.as_ref().is_err_and(|fault| fault.code() == "InvalidRange") {
                // The one that was named is empty.
                object.size = 0;
                answer = self.read(&object.locator, 0, false).await;
            }
            match answer {
                Ok(answer) => {
                    self.note(&object, &answer);
                    let seen = format!("`{}` can be read: {} bytes.", object.locator.key(), object.size);
                    if !spec.kms_keys.is_empty() && self.found.encrypted.is_none() {
                        // The next may be encrypted.
                        last = Some(Judged::passed(seen));
                        continue;
                    }
                    return Judged::passed(seen);
                }
                Err(fault) if is_about_kms(&fault) => {
                    self.note_denied_key(object.locator, fault);
                    let reason = "The objects at hand are encrypted with a KMS key; `encrypted-object-readable` tells about them.";
                    last = last.or(Some(Judged::not_applicable(reason)));
                }
                Err(fault) => {
                    let facts = self.facts.clone().with("key", object.locator.key().to_string());
                    let facts = facts.with("resource", format!("`{}`", self.arn_of(&object.locator)));
                    if is_about_listing(&fault) {
                        // Of one that exists, S3 says whether it may be read; listing is asked for to say that it does not.
                        return Judged::failed(
                            "object_gone",
                            facts,
                            format!("{}.", fault.in_words().trim_end_matches('.')),
                        );
                    }
                    let signs = self.signs_of_reading(&fault, &object.locator).await;
                    let fault = if object.locator.version_id().is_some() { fault.needing(READ_VERSION) } else { fault };
                    let judged = self.refused(StepName::ObjectReadable, &fault, signs, facts);
                    // One that is gone, or archived, says nothing about the others.
                    if matches!(fault.code(), "NoSuchKey" | "InvalidObjectState") && self.subject.named.is_none() {
                        last = last.or(Some(judged));
                        continue;
                    }
                    return judged;
                }
            }
        }
        last.unwrap_or_else(|| Judged::not_applicable("Nothing was read."))
    }

    /// AWS tells only those who may list and read that a name does not exist. Who may read alone is refused it for lack of `s3:ListBucket`, and
    /// who may not for lack of `s3:GetObject`.
    async fn nothing_to_read(&mut self) -> Judged {
        let Some(spec) = self.spec() else { return Judged::skipped("The settings are not right.") };
        let listed = matches!(self.found.listing, Some(Ok(_)));
        match self.read_missing().await {
            Ok(locator) if listed => {
                self.found.readable = Some(Readable { locator, exists: false, size: 0 });
                if spec.endpoint_url.is_none() {
                    return Judged::passed(format!(
                        "{NOTHING_THERE}, and AWS says so, as it does only to those who may read."
                    ));
                }
                Judged::not_applicable(format!("{NOTHING_THERE}."))
            }
            // Who may not list is refused any name that does not exist, for lack of `s3:ListBucket`.
            Err(fault) if listed || is_about_reading(&fault) || !fault.is_denied() => {
                let facts = self.facts.clone().with("resource", "the objects of the scope");
                let signs = Signs { nothing_below_prefix: self.signs().prefix && !listed, ..self.signs() };
                self.refused(StepName::ObjectReadable, &fault, signs, facts)
            }
            Err(fault) if is_about_listing(&fault) => Judged::passed(
                "No object is known to be read. S3 keeps back only whether one exists, for which `s3:ListBucket` would be needed, and not reading.",
            ),
            _ if spec.access.contains(&Access::List) => {
                Judged::spared("Nothing was read, for the objects could not be listed: name one (`locator`).")
            }
            _ => Judged::spared(
                "Nothing was read: no object is known, for `list` is not declared. Name one (`locator`) to have it read.",
            ),
        }
    }

    /// Asks for a name that does not exist. S3's `NoSuchKey` is the good answer.
    pub(super) async fn read_missing(&mut self) -> Result<Locator, Fault> {
        let locator = self.missing().ok_or_else(|| Fault::silent(READ, FaultKind::Unreachable))?;
        match self.read(&locator, 0, false).await {
            Err(fault) if fault.code() == "NoSuchKey" => Ok(locator),
            Err(fault) => Err(fault),
            Ok(_) => Ok(locator),
        }
    }

    /// A name of the scope that nobody has taken.
    pub(super) fn missing(&self) -> Option<Locator> {
        let key =
            format!("{}byob-check-{}", self.prefix(), base16ct::lower::encode_string(&self.core.rng.bytes::<8>()));
        Some(Locator::new(self.subject.bucket.clone()?, ObjectKey::parse(&key).ok()?, None))
    }

    /// What can be tried: the object that was named, or the first ones of the listing that a browser could load as well.
    fn candidates(&self) -> Vec<Object> {
        if let Some(named) = &self.subject.named {
            return vec![Object { locator: named.clone(), size: 1, archived: false }];
        }
        let Some(Ok(objects)) = &self.found.listing else { return Vec::new() };
        let fit = |object: &&Object| !object.archived && object.size > 0 && !is_folded(object.locator.key().as_str());
        objects.iter().filter(fit).take(TRIED).cloned().collect()
    }

    async fn read(&mut self, locator: &Locator, size: i64, paying: bool) -> Result<GetObjectOutput, Fault> {
        let Some((client, spec)) = self.found.s3.clone().zip(self.spec()) else {
            return Err(Fault::silent(READ, FaultKind::Unreachable));
        };
        let get = client
            .get_object()
            .bucket(locator.bucket().as_str())
            .key(locator.key().as_str())
            .set_version_id(locator.version_id().map(str::to_owned))
            // An empty object has no range.
            .set_range((size > 0).then(|| RANGE.to_owned()));
        let get = if paying || spec.requester_pays { get.request_payer("requester".into()) } else { get };
        let asked = format!("of {locator}{}", if paying { ", offering to pay" } else { "" });
        self.ask(READ, asked, get.send(), |error| Fault::of(READ, error)).await
    }

    /// What a read object tells about the bucket.
    fn note(&mut self, object: &Object, answer: &GetObjectOutput) {
        let readable = Readable { locator: object.locator.clone(), exists: true, size: object.size };
        self.found.readable.get_or_insert(readable);
        self.found.keeps_versions |= answer.version_id().is_some_and(|id| id != "null");
        let is_kms = answer.server_side_encryption().is_some_and(|kind| kind.as_str().starts_with("aws:kms"));
        if is_kms && self.found.encrypted.is_none() {
            let key = answer.ssekms_key_id().unwrap_or_default().to_owned();
            self.found.encrypted = Some(Encrypted { locator: object.locator.clone(), key, answer: Ok(()) });
        }
    }

    async fn signs_of_reading(&mut self, fault: &Fault, locator: &Locator) -> Signs {
        let mut signs = self.signs();
        if fault.is_denied() {
            signs.nothing_below_prefix = signs.prefix
                && self.found.location_permitted
                && matches!(self.found.listing, Some(Err(_)))
                && is_about_reading(fault);
            let unexplained = Denial::read(fault.message()).by.is_none();
            if unexplained && !self.spec().is_some_and(|spec| spec.requester_pays) {
                signs.paying_helps = self.read(locator, 1, true).await.is_ok();
            }
        }
        signs
    }

    fn arn_of(&self, locator: &Locator) -> String {
        let partition = self.spec().map_or(byob_aws::Partition::Aws, super::super::integration::Spec::partition);
        format!("{}{}", locator.bucket().object_arn_base(partition), locator.key())
    }

    pub(super) async fn version_readable(&mut self) -> Judged {
        const LIST: &str = "s3:ListObjectVersions";
        let Some((spec, bucket)) = self.spec().zip(self.subject.bucket.clone()) else {
            return Judged::skipped("The settings are not right.");
        };
        if !spec.access.contains(&Access::ReadVersions) {
            return Judged::not_applicable("`read_versions` is not declared.");
        }
        let Some(client) = self.found.s3.clone() else { return Judged::skipped("The bucket was not found.") };
        let prefix = self.prefix();
        let list = client
            .list_object_versions()
            .bucket(bucket.as_str())
            .prefix(&prefix)
            .max_keys(5)
            .encoding_type(EncodingType::Url);
        let below = if prefix.is_empty() { String::new() } else { format!(" below `{prefix}`") };
        let asked = format!("on {bucket}{below}");
        let resource = format!("`{}`", bucket.arn(spec.partition()));
        let answer = match self.ask(LIST, asked, list.send(), |error| Fault::of(LIST, error)).await {
            Ok(answer) => answer,
            Err(fault) => {
                let facts = self.facts.clone().with("resource", resource).with("action", "`s3:ListBucketVersions`");
                let fault = fault.needing("s3:ListBucketVersions");
                return self.refused(StepName::VersionReadable, &fault, self.signs(), facts);
            }
        };
        let encoded = answer.encoding_type() == Some(&EncodingType::Url);
        let versions = answer.versions().iter().filter_map(|version| {
            let key = if encoded { decoded(version.key()?).ok()? } else { version.key()?.to_owned() };
            let key = ObjectKey::parse(&key).ok()?;
            let archived = version.storage_class().is_some_and(|class| is_archived(class.as_str()));
            (version.size()? > 0 && !archived).then_some(())?;
            Some(Locator::new(bucket.clone(), key, Some(version.version_id()?.to_owned())))
        });
        let versions: Vec<Locator> = versions.take(TRIED).collect();
        if versions.is_empty() {
            return Judged::passed("Versions can be listed; there is none yet to be read.");
        }
        for version in versions {
            match self.read(&version, 1, false).await {
                Ok(_) => return Judged::passed(format!("A version of `{}` can be read.", version.key())),
                // The next may not be.
                Err(fault) if is_about_kms(&fault) => self.note_denied_key(version, fault),
                Err(fault) => {
                    let facts = self.facts.clone().with("key", version.key().to_string());
                    let facts = facts.with("resource", format!("`{}`", self.arn_of(&version)));
                    let fault = fault.needing(READ_VERSION);
                    return self.refused(StepName::VersionReadable, &fault, self.signs(), facts);
                }
            }
        }
        Judged::not_applicable(
            "The versions at hand are encrypted with a KMS key; `encrypted-object-readable` tells about them.",
        )
    }

    /// Something is encrypted with a KMS key that we may not use.
    fn note_denied_key(&mut self, locator: Locator, fault: Fault) {
        let key = Denial::read(fault.message()).resource.unwrap_or_default();
        self.found.encrypted = Some(Encrypted { locator, key, answer: Err(fault) });
    }

    pub(super) fn encrypted_object_readable(&mut self) -> Judged {
        match self.found.encrypted.clone() {
            Some(Encrypted { locator, key, answer: Ok(()) }) => {
                Judged::passed(format!("`{locator}`, which is encrypted with `{key}`, can be read."))
            }
            Some(Encrypted { locator, key, answer: Err(fault) }) => {
                let facts = self.facts.clone().with("kms_key", format!("`{key}`"));
                let mut judged = self.refused(StepName::EncryptedObjectReadable, &fault, self.signs(), facts);
                judged.detail = format!("Of `{locator}`: {}", judged.detail);
                judged
            }
            None if self.subject.record.settings.kms_key_arns.is_empty() => {
                Judged::not_applicable("No KMS keys are declared, and no object that was read is encrypted with one.")
            }
            None => Judged::not_applicable("None of the objects that were looked at is encrypted with a KMS key."),
        }
    }
}

/// Whether browsers would ask for another key: they fold `.` and `..` in paths.
pub(super) fn is_folded(key: &str) -> bool {
    key.split('/').any(|segment| matches!(segment, "." | ".."))
}

/// Whether objects of this storage class have to be restored before they can be read.
pub(super) fn is_archived(storage_class: &str) -> bool {
    matches!(storage_class, "GLACIER" | "DEEP_ARCHIVE")
}

/// Whether AWS says that it is reading that is denied. A bare denial may as well mean listing, which names that do not exist need.
pub(super) fn is_about_reading(fault: &Fault) -> bool {
    fault.is_denied() && Denial::read(fault.message()).action.as_deref() == Some(READ)
}

/// Whether AWS says that it is listing that is denied.
fn is_about_listing(fault: &Fault) -> bool {
    fault.is_denied() && Denial::read(fault.message()).action.as_deref() == Some("s3:ListBucket")
}

/// Whether it is the key that denies, not the bucket.
pub(super) fn is_about_kms(fault: &Fault) -> bool {
    fault.code().starts_with("KMS.")
        || Denial::read(fault.message()).action.is_some_and(|action| action.starts_with("kms:"))
        || fault.message().contains("ciphertext refers to a customer master key")
}
