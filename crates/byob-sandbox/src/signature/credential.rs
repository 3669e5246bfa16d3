//! Whose key a signature claims, and the scope in which it claims to be used.

use byob_aws::{
    Credentials,
    sigv4::{Scope, SigningKey, Timestamp},
};
use time::OffsetDateTime;

use super::{Fault, Signed, UNSIGNED, Version, moments, version_two};

impl Signed {
    /// A signature over something else than a request, such as the policy of a form.
    pub fn over(credential: &str, timestamp: &str, signature: &str) -> Result<Self, Fault> {
        let at = moments::timestamp(timestamp).ok_or_else(|| Fault::Malformed("the date cannot be read".to_owned()))?;
        Self { timestamp: timestamp.to_owned(), at, signature: signature.to_owned(), ..Self::scoped(credential)? }
            .checked()
    }

    /// A signature of Version 2, whose scope goes without saying.
    pub fn version_two(access_key_id: &str, signature: &str) -> Self {
        Self {
            region: version_two::REGION.to_owned(),
            service: "s3".to_owned(),
            signature: signature.to_owned(),
            payload_hash: UNSIGNED.to_owned(),
            ..Self::claimed(Version::Two, access_key_id)
        }
    }

    /// What the credential scope says; the rest is empty.
    pub(super) fn scoped(credential: &str) -> Result<Self, Fault> {
        // Access key IDs of AWS hold no slash, but those of others may.
        let parts: Vec<&str> = credential.rsplitn(5, '/').collect();
        let [terminator, service, region, day, access_key_id] = parts[..] else {
            return Err(Fault::Malformed(
                "the Credential is mal-formed; expecting \"<YOUR-AKID>/YYYYMMDD/REGION/SERVICE/aws4_request\""
                    .to_owned(),
            ));
        };
        if terminator != "aws4_request" {
            return Err(Fault::Malformed(format!(
                "the Credential is mal-formed; \"{terminator}\" should be \"aws4_request\""
            )));
        }
        Ok(Self {
            day: day.to_owned(),
            region: region.to_owned(),
            service: service.to_owned(),
            ..Self::claimed(Version::Four, access_key_id)
        })
    }

    /// Somebody's signature, of which nothing more is known.
    fn claimed(version: Version, access_key_id: &str) -> Self {
        Self {
            version,
            access_key_id: access_key_id.to_owned(),
            day: String::new(),
            region: String::new(),
            service: String::new(),
            timestamp: String::new(),
            at: OffsetDateTime::UNIX_EPOCH,
            header_names: Vec::new(),
            signature: String::new(),
            token: None,
            expires_in: None,
            payload_hash: String::new(),
        }
    }

    /// The names of `SignedHeaders`.
    pub(super) fn names(list: &str) -> Vec<String> {
        list.split(';').map(str::to_ascii_lowercase).collect()
    }

    /// The same, unless the day of its scope is not that of its time.
    pub(super) fn checked(self) -> Result<Self, Fault> {
        if self.timestamp.get(..8) != Some(&self.day) {
            return Err(Fault::Malformed(format!(
                "Invalid credential date \"{}\". This date is not the same as X-Amz-Date: \"{}\".",
                self.day,
                self.timestamp.get(..8).unwrap_or_default()
            )));
        }
        Ok(self)
    }

    /// The key that signs the chunks of a body.
    pub fn signing_key(&self, secret: &str) -> SigningKey {
        SigningKey::derive(&Credentials::new(&self.access_key_id, secret, None), &self.scope())
    }

    /// `20130524T000000Z`.
    pub fn timestamp(&self) -> &str {
        &self.timestamp
    }

    /// Day, region and service.
    pub fn scope(&self) -> Scope {
        // `checked` has made sure that the day is the one of the time.
        Scope::new(&Timestamp::new(self.at), &self.region, &self.service)
    }
}
