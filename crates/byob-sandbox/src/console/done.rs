//! What is said after a change. The address holds only its name, so that nobody else can put words here.

/// A change that was made.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Done(&'static str, &'static str);

macro_rules! changes {
    ($($constant:ident $name:literal $sentence:literal)*) => {
        impl Done {
            $(#[doc = $sentence] pub const $constant: Self = Self($name, $sentence);)*
            const ALL: &[Self] = &[$(Self::$constant),*];
        }
    };
}

changes! {
    BUCKET_CREATED "bucket-created" "The bucket was created. It is empty, and nobody outside this account may reach it."
    BUCKET_DELETED "bucket-deleted" "The bucket was deleted."
    BUCKET_EMPTIED "bucket-emptied" "The bucket was emptied: every version of every object is gone."
    OBJECT_UPLOADED "object-uploaded" "The file was uploaded."
    OBJECT_DELETED "object-deleted" "The object was deleted."
    VERSION_DELETED "version-deleted" "The version was deleted for good."
    BUCKET_POLICY_SAVED "bucket-policy-saved" "The bucket policy was saved."
    BUCKET_POLICY_DELETED "bucket-policy-deleted" "The bucket policy was deleted."
    CORS_SAVED "cors-saved" "The CORS configuration was saved."
    CORS_DELETED "cors-deleted" "The CORS configuration was deleted. Browsers of other sites can no longer read from this bucket."
    PUBLIC_ACCESS_SAVED "public-access-saved" "The settings of Block Public Access were saved."
    VERSIONING_SAVED "versioning-saved" "Bucket Versioning was changed."
    ENCRYPTION_SAVED "encryption-saved" "The default encryption was saved. It holds for objects that are written from now on."
    PAYER_SAVED "payer-saved" "Requester Pays was changed."
    LIFECYCLE_SAVED "lifecycle-saved" "The lifecycle configuration was saved. The sandbox keeps it, but lets nothing expire."
    LIFECYCLE_DELETED "lifecycle-deleted" "The lifecycle configuration was deleted."
    USER_CREATED "user-created" "The user was created. It may do nothing until you add permissions."
    USER_DELETED "user-deleted" "The user was deleted."
    KEY_ACTIVATED "key-activated" "The access key was activated."
    KEY_DEACTIVATED "key-deactivated" "The access key was deactivated. Requests signed with it are refused from now on."
    KEY_DELETED "key-deleted" "The access key was deleted."
    ROLE_CREATED "role-created" "The role was created. Copy its ARN below."
    ROLE_DELETED "role-deleted" "The role was deleted. A role made again under this name is another one."
    TRUST_SAVED "trust-saved" "The trust policy was saved."
    ROLE_SAVED "role-saved" "The role was saved."
    POLICY_ATTACHED "policy-attached" "The policy was attached."
    POLICY_DETACHED "policy-detached" "The policy was detached."
    INLINE_SAVED "inline-saved" "The inline policy was saved."
    INLINE_DELETED "inline-deleted" "The inline policy was deleted."
    POLICY_CREATED "policy-created" "The policy was created. It does nothing until it is attached to a role or user."
    POLICY_EDITED "policy-edited" "A new version of the policy was saved and is in force."
    POLICY_VERSION_SET "policy-version-set" "The version is in force."
    POLICY_VERSION_DELETED "policy-version-deleted" "The version was deleted."
    POLICY_DELETED "policy-deleted" "The policy was deleted."
    KMS_CREATED "kms-created" "The key was created. Its key policy leaves it to this account’s IAM policies who may use it."
    KMS_ENABLED "kms-enabled" "The key was enabled."
    KMS_DISABLED "kms-disabled" "The key was disabled. What is encrypted with it cannot be read until it is enabled again."
    BROKEN "broken" "It is broken now. Check the connection and see what BYOB says."
    MENDED "mended" "It is as it was before. Check the connection again, so that BYOB knows it."
    ALL_MENDED "all-mended" "Everything is as it was before. Check the connection again, so that BYOB knows it."
}

impl Done {
    /// Its name in addresses.
    pub fn name(self) -> &'static str {
        self.0
    }

    /// What it says.
    pub fn sentence(self) -> &'static str {
        self.1
    }

    /// The change of that name.
    pub fn find(name: &str) -> Option<Self> {
        Self::ALL.iter().find(|done| done.0 == name).copied()
    }
}
