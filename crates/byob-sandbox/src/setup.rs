//! Sets a world up without asking for permission: for demos and tests, which are everybody at once.

use std::{collections::BTreeMap, io};

use bytes::Bytes;
use md5::{Digest, Md5};
use time::OffsetDateTime;

use crate::{
    Credentials, Sandbox,
    iam::{access_keys, identities, roles, users},
    refusal::Refusal,
    state::{
        Bucket, Version,
        buckets::{Acl, Encryption, Object, Versioning},
    },
};

impl Sandbox {
    /// Makes a bucket with versions; one that exists already is left as it is.
    pub fn set_up_bucket(&self, account: &str, name: &str, region: &str) {
        let now = self.clock().now();
        self.write()
            .buckets
            .entry(name.to_owned())
            .or_insert_with(|| Bucket { versioning: Versioning::Enabled, ..Bucket::new(name, account, region, now) });
    }

    /// Puts a file into a bucket, as its newest version. Without the bucket nothing happens.
    ///
    /// # Errors
    /// When the content cannot be written to the folder.
    pub fn set_up_object(
        &self,
        bucket: &str,
        key: &str,
        content_type: &str,
        body: Bytes,
        modified: OffsetDateTime,
    ) -> io::Result<()> {
        let object = Object {
            size: body.len() as u64,
            etag: base16ct::lower::encode_string(&Md5::digest(&body)),
            blob: self.blobs().put(body)?,
            headers: BTreeMap::from([("content-type".to_owned(), content_type.to_owned())]),
            metadata: BTreeMap::new(),
            checksums: BTreeMap::new(),
            checksum_type: None,
            storage_class: "STANDARD".to_owned(),
            encryption: Encryption::S3,
            tags: BTreeMap::new(),
            parts: Vec::new(),
            part_checksums: Vec::new(),
            acl: Acl::default(),
        };
        if let Some(bucket) = self.write().buckets.get_mut(bucket) {
            let id = bucket.next_version_id();
            bucket.add(key, Version { id, modified, object: Some(object) });
        }
        Ok(())
    }

    /// Sets a configuration of a bucket (`cors`, `lifecycle`, …), as XML.
    pub fn set_up_configuration(&self, bucket: &str, name: &str, xml: String) {
        if let Some(bucket) = self.write().buckets.get_mut(bucket) {
            bucket.configuration.insert(name.to_owned(), xml);
        }
    }

    /// Makes a user with one inline policy, and gives its access key. One that exists already is left as it is.
    ///
    /// # Errors
    /// What IAM would answer.
    pub fn set_up_user(&self, account: &str, name: &str, policy: &str) -> Result<Credentials, Refusal> {
        let now = self.clock().now();
        self.change_iam(|iam| {
            if users::get(iam, account, name).is_err() {
                users::create(
                    iam,
                    account,
                    users::NewUser { name, path: None, boundary: None, tags: BTreeMap::new() },
                    now,
                )?;
                identities::put_inline(iam, account, identities::Who::User(name), name, policy)?;
            }
            let key = match users::get(iam, account, name)?.access_keys.first() {
                Some(key) => key.clone(),
                None => access_keys::create(iam, account, name, now)?,
            };
            Ok(Credentials { access_key_id: key.id, secret_access_key: key.secret })
        })
    }

    /// Makes a role with one inline policy, and gives its ARN.
    ///
    /// # Errors
    /// What IAM would answer, such as that the role exists already.
    pub fn set_up_role(&self, account: &str, name: &str, trust: &str, policy: &str) -> Result<String, Refusal> {
        let now = self.clock().now();
        self.change_iam(|iam| {
            let role = roles::NewRole { name, trust, ..roles::NewRole::default() };
            let role = roles::create(iam, account, role, now)?;
            identities::put_inline(iam, account, identities::Who::Role(name), name, policy)?;
            let arn = iam.accounts.get(account).map(|account| account.role_arn(&role));
            arn.ok_or_else(Refusal::internal)
        })
    }
}
