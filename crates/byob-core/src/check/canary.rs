//! Writing and deleting, with a canary that never stays.

use aws_sdk_s3::primitives::ByteStream;
use byob_aws::policies::Access;

use super::{fix::Known, judged::Judged, run::Run, steps::StepName};
use crate::aws_io::fault::{Fault, FaultKind};

const PUT: &str = "s3:PutObject";
const DELETE: &str = "s3:DeleteObject";

/// Deliberately no checksum of anything that is sent (16 bytes in Base64): S3 judges the permission first, then the checksum.
const WRONG_MD5: &str = "AAAAAAAAAAAAAAAAAAAAAA==";

/// Below the prefix, where scratch files expire by themselves if the lifecycle configuration is applied.
const FOLDER: &str = "temp/byob-check/";

/// A canary of a check that was killed is swept once it is this old, in milliseconds: others may be under way.
const ABANDONED: i64 = 10 * 60 * 1000;

impl Run<'_> {
    pub(super) async fn object_writable(&mut self) -> Judged {
        let Some((spec, bucket)) = self.spec().zip(self.subject.bucket.clone()) else {
            return Judged::skipped("The settings are not right.");
        };
        if !spec.access.contains(&Access::Write) {
            return Judged::not_applicable("`write` is not declared.");
        }
        let key = format!("{}{FOLDER}{}", self.prefix(), base16ct::lower::encode_string(&self.core.rng.bytes::<8>()));
        if !spec.access.contains(&Access::Delete) || self.spares_canaries() {
            return match self.put(&key, Some(WRONG_MD5)).await {
                Err(fault) if matches!(fault.code(), "BadDigest" | "InvalidDigest") => {
                    Judged::passed("Writing is permitted. Nothing was written, for it would have left a trace.")
                }
                Err(fault) => self.refused(StepName::ObjectWritable, &fault, self.signs(), self.below_prefix()),
                // A store that looks at no checksums has written it.
                Ok(_) => Judged::warned(
                    "canary_left",
                    self.facts.clone().with("key", &key),
                    "The store took a wrong checksum.",
                ),
            };
        }
        // Known before it is there, so that it is found again whatever happens to this process.
        if let Err(error) = self.remember(bucket.as_str(), &key).await {
            return Judged::skipped(format!(
                "Nothing was written, for it could not be noted down first: {}",
                error.detail()
            ));
        }
        self.found.canary = Some(key.clone());
        match self.put(&key, None).await {
            Ok(version) => {
                self.found.wrote = true;
                self.found.keeps_versions |= version.is_some_and(|id| id != "null");
                Judged::passed(format!("`{key}` was written."))
            }
            Err(fault) => {
                if fault.kind == FaultKind::Refused {
                    self.forget(bucket.as_str(), &key).await;
                    self.found.canary = None;
                }
                self.refused(StepName::ObjectWritable, &fault, self.signs(), self.below_prefix())
            }
        }
    }

    pub(super) async fn object_deletable(&mut self) -> Judged {
        let Some((spec, bucket)) = self.spec().zip(self.subject.bucket.clone()) else {
            return Judged::skipped("The settings are not right.");
        };
        if !spec.access.contains(&Access::Delete) {
            return Judged::not_applicable("`delete` is not declared.");
        }
        let key = match (&self.found.canary, self.missing()) {
            (Some(canary), _) => canary.clone(),
            (None, _) if self.spares_canaries() => {
                let reason =
                    "The bucket keeps versions, where deleting leaves a marker: only checks that are asked for try it.";
                return Judged::spared(reason);
            }
            (None, _) if spec.access.contains(&Access::Write) => {
                return Judged::skipped("It needs `object-writable`, which did not write anything to delete.");
            }
            (None, _) if self.found.keeps_versions => {
                let reason = "The bucket keeps versions: deleting a name that does not exist would leave a marker.";
                return Judged::not_applicable(reason);
            }
            (None, Some(missing)) => missing.key().to_string(),
            (None, None) => return Judged::skipped("There is no bucket."),
        };
        match self.delete(bucket.as_str(), &key).await {
            Ok(()) => {
                self.forget(bucket.as_str(), &key).await;
                self.found.canary = None;
                Judged::passed(format!("`{key}` was deleted."))
            }
            Err(fault) => self.refused(StepName::ObjectDeletable, &fault, self.signs(), self.below_prefix()),
        }
    }

    pub(super) async fn cleanup_done(&mut self) -> Judged {
        let subject = self.subject;
        let before = self.core.clock.now_millis() - ABANDONED;
        let known = match self.core.store.canary_list(&subject.organization, &subject.record.id).await {
            Ok(known) => known,
            Err(error) => return Judged::skipped(error.detail()),
        };
        let own = self.found.canary.clone();
        let (left, young): (Vec<_>, Vec<_>) =
            known.into_iter().partition(|row| row.created_at < before || own.as_ref() == Some(&row.object_key));
        let (mut swept, mut stays) = (0, None);
        for row in left {
            if self.delete(&row.bucket, &row.object_key).await.is_ok() {
                swept += 1;
                self.forget(&row.bucket, &row.object_key).await;
            } else {
                self.release(&row.bucket, &row.object_key).await;
                stays = Some(row.object_key);
            }
        }
        let versions = if self.found.keeps_versions && (swept > 0 || self.found.wrote) {
            " The bucket keeps versions: older ones of the canary go with its lifecycle configuration."
        } else {
            ""
        };
        match stays {
            Some(key) => Judged::warned(
                "canary_left",
                self.facts.clone().with("key", &key),
                format!("`{key}` could not be removed."),
            )
            .knowing(Known::Nothing),
            None if swept > 0 => Judged::passed(format!("Canaries of earlier checks were removed: {swept}.{versions}")),
            None if !young.is_empty() => Judged::passed(format!(
                "Nothing of this check is left; canaries that other checks may still be using: {}.{versions}",
                young.len()
            )),
            None => Judged::passed(format!("Nothing is left.{versions}")),
        }
    }

    /// Canaries leave versions behind here, and nobody asked for this check.
    fn spares_canaries(&self) -> bool {
        self.traceless && self.found.keeps_versions
    }

    fn below_prefix(&self) -> super::fix::Facts {
        let base = self
            .subject
            .bucket
            .as_ref()
            .zip(self.spec())
            .map(|(bucket, spec)| bucket.object_arn_base(spec.partition()));
        self.facts.clone().with("resource", format!("`{}{}*`", base.unwrap_or_default(), self.prefix()))
    }

    async fn put(&mut self, key: &str, md5: Option<&str>) -> Result<Option<String>, Fault> {
        let Some(((client, spec), bucket)) = self.found.s3.clone().zip(self.spec()).zip(self.subject.bucket.clone())
        else {
            return Err(Fault::silent(PUT, FaultKind::Unreachable));
        };
        let put = client
            .put_object()
            .bucket(bucket.as_str())
            .key(key)
            .set_content_md5(md5.map(str::to_owned))
            .content_type("text/plain")
            .body(ByteStream::from_static(b"Written by a connection check of BYOB, which removes it again.\n"));
        let put = if spec.requester_pays { put.request_payer("requester".into()) } else { put };
        let asked = format!("of s3://{bucket}/{key}{}", if md5.is_some() { ", with a wrong checksum" } else { "" });
        let answer = self.ask(PUT, asked, Box::pin(put.send()), |error| Fault::of(PUT, error)).await?;
        Ok(answer.version_id().map(str::to_owned))
    }

    async fn delete(&mut self, bucket: &str, key: &str) -> Result<(), Fault> {
        let Some((client, spec)) = self.found.s3.clone().zip(self.spec()) else {
            return Err(Fault::silent(DELETE, FaultKind::Unreachable));
        };
        let delete = client.delete_object().bucket(bucket).key(key);
        let delete = if spec.requester_pays { delete.request_payer("requester".into()) } else { delete };
        let asked = format!("of s3://{bucket}/{key}");
        self.ask(DELETE, asked, delete.send(), |error| Fault::of(DELETE, error)).await.map(drop)
    }

    async fn remember(&self, bucket: &str, key: &str) -> crate::Result<()> {
        let (subject, now) = (self.subject, self.core.clock.now_millis());
        self.core.store.canary_create(&subject.organization, &subject.record.id, bucket, key, now).await
    }

    /// This check is done with it: the next one may remove it at once.
    async fn release(&self, bucket: &str, key: &str) {
        let subject = self.subject;
        let released = self.core.store.canary_release(&subject.organization, &subject.record.id, bucket, key).await;
        if let Err(error) = released {
            // It is swept all the same once it is old.
            tracing::warn!(cause = %error.causes(), "a canary could not be released");
        }
    }

    async fn forget(&self, bucket: &str, key: &str) {
        let subject = self.subject;
        let forgotten = self.core.store.canary_delete(&subject.organization, &subject.record.id, bucket, key).await;
        if let Err(error) = forgotten {
            // It is swept later: deleting what is gone does no harm.
            tracing::warn!(cause = %error.causes(), "a canary could not be forgotten");
        }
    }
}
