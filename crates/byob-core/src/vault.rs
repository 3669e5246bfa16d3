//! Encryption at rest: secrets of customers and session credentials are sealed before they reach the database.

use base64::{Engine, engine::general_purpose::STANDARD};
use chacha20poly1305::{
    XChaCha20Poly1305, XNonce,
    aead::{Aead, KeyInit, Payload},
};
use hmac::{Hmac, Mac};
use sha2::Sha256;
use zeroize::Zeroizing;

use crate::{
    error::{Error, Result},
    runtime::Rng,
};

/// Seals with XChaCha20-Poly1305 under the operator's key.
///
/// Each sealed text is bound to the record it belongs to (the associated data): moved to another row, it does not open.
#[derive(Clone)]
pub struct Vault {
    cipher: XChaCha20Poly1305,
    /// Vouches for what is handed out and comes back.
    mac: Hmac<Sha256>,
    rng: Rng,
}

const NONCE: usize = 24;

impl Vault {
    /// Takes the key of the configuration: 32 bytes in Base64.
    pub fn new(key: &str, rng: Rng) -> Result<Self> {
        let wrong = || {
            Error::new(
                crate::error::Kind::NotConfigured,
                "invalid_encryption_key",
                "The encryption key is not 32 bytes in Base64.",
            )
            .hint("Make one with `openssl rand -base64 32`, and keep it: without it no stored secret can be read.")
        };
        let key = Zeroizing::new(STANDARD.decode(key.trim()).map_err(|_| wrong())?);
        let cipher = XChaCha20Poly1305::new_from_slice(&key).map_err(|_| wrong())?;
        // A key of its own, so that no tag tells anything of what is sealed.
        let root = <Hmac<Sha256> as KeyInit>::new_from_slice(&key).map_err(Error::internal)?;
        let derived = root.chain_update(b"byob: passes").finalize().into_bytes();
        let mac = <Hmac<Sha256> as KeyInit>::new_from_slice(&derived).map_err(Error::internal)?;
        Ok(Self { cipher, mac, rng })
    }

    /// A new key, in Base64.
    pub fn new_key(rng: &Rng) -> String {
        STANDARD.encode(rng.bytes::<32>())
    }

    /// Encrypts `secret` for the record named by `record`, as Base64 of nonce and ciphertext.
    pub fn seal(&self, record: &str, secret: &[u8]) -> Result<String> {
        let nonce: [u8; NONCE] = self.rng.bytes();
        let sealed = self
            .cipher
            .encrypt(&XNonce::from(nonce), Payload { msg: secret, aad: record.as_bytes() })
            .map_err(|_| Error::internal("sealing a secret failed"))?;
        Ok(STANDARD.encode([nonce.as_slice(), &sealed].concat()))
    }

    /// A tag that only this key makes (HMAC-SHA256), for a text that its holder brings back.
    pub fn vouch_for(&self, text: &[u8]) -> [u8; 32] {
        self.mac.clone().chain_update(text).finalize().into_bytes().into()
    }

    /// Whether the tag is one of [`vouch_for`](Self::vouch_for) for the same text. Takes the same time for every wrong one.
    pub fn vouched_for(&self, text: &[u8], tag: &[u8]) -> bool {
        self.mac.clone().chain_update(text).verify_slice(tag).is_ok()
    }

    /// Decrypts what [`seal`](Self::seal) made for the same record.
    pub fn open(&self, record: &str, sealed: &str) -> Result<Zeroizing<Vec<u8>>> {
        let wrong = || {
            Error::new(crate::error::Kind::NotConfigured, "secret_unreadable", "A stored secret cannot be read.")
                .hint("The service runs with another encryption key than the one that sealed it.")
        };
        let bytes = STANDARD.decode(sealed).map_err(|_| wrong())?;
        let (nonce, sealed) = bytes.split_first_chunk::<NONCE>().ok_or_else(wrong)?;
        let payload = Payload { msg: sealed, aad: record.as_bytes() };
        self.cipher.decrypt(&XNonce::from(*nonce), payload).map(Zeroizing::new).map_err(|_| wrong())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_sealed_secret_opens_only_for_its_record_and_key() {
        let vault = Vault::new(&Vault::new_key(&Rng), Rng).unwrap();
        let sealed = vault.seal("org_1/int_1", b"secret").unwrap();
        assert!(!sealed.contains("secret"));
        assert_eq!(*vault.open("org_1/int_1", &sealed).unwrap(), b"secret");
        assert!(vault.open("org_1/int_2", &sealed).is_err());
        assert!(Vault::new(&Vault::new_key(&Rng), Rng).unwrap().open("org_1/int_1", &sealed).is_err());
        assert_ne!(sealed, vault.seal("org_1/int_1", b"secret").unwrap());
    }

    #[test]
    fn a_tag_is_good_for_its_text_and_key_alone() {
        let (vault, other) =
            (Vault::new(&Vault::new_key(&Rng), Rng).unwrap(), Vault::new(&Vault::new_key(&Rng), Rng).unwrap());
        let tag = vault.vouch_for(b"text");
        assert!(vault.vouched_for(b"text", &tag));
        assert!(
            !vault.vouched_for(b"texT", &tag)
                && !other.vouched_for(b"text", &tag)
                && !vault.vouched_for(b"text", &tag[..31])
        );
    }

    #[test]
    fn a_key_of_the_wrong_length_is_refused() {
        assert!(Vault::new("c2hvcnQ=", Rng).is_err() && Vault::new("not base64!", Rng).is_err());
    }
}
