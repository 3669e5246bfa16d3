//! Signatures in the query: presigned URLs.

use axum::http::HeaderMap;
use byob_aws::sigv4::ALGORITHM;
use percent_encoding::percent_decode_str;

use super::{Fault, Signed, UNSIGNED, fault::OLD_QUERY, moments};

/// The longest life of a presigned URL, in seconds.
const LONGEST: i64 = 604_800;

/// What the query says, in either version; none where it says nothing of a signature.
pub fn read<'a>(get: impl Fn(&str) -> Option<&'a str>, headers: &HeaderMap) -> Result<Option<Signed>, Fault> {
    if get("X-Amz-Algorithm").is_some() || get("X-Amz-Signature").is_some() {
        return version_four(get, headers).map(Some);
    }
    if get("AWSAccessKeyId").is_some() || get("Signature").is_some() {
        return version_two(get).map(Some);
    }
    Ok(None)
}

fn version_four<'a>(get: impl Fn(&str) -> Option<&'a str>, headers: &HeaderMap) -> Result<Signed, Fault> {
    let all = (
        get("X-Amz-Algorithm"),
        get("X-Amz-Credential"),
        get("X-Amz-Signature"),
        get("X-Amz-Date"),
        get("X-Amz-SignedHeaders"),
        get("X-Amz-Expires"),
    );
    let (Some(algorithm), Some(credential), Some(signature), Some(timestamp), Some(signed_headers), Some(expires)) =
        all
    else {
        return Err(Fault::Malformed(
            "Query-string authentication version 4 requires the X-Amz-Algorithm, X-Amz-Credential, X-Amz-Signature, \
             X-Amz-Date, X-Amz-SignedHeaders, and X-Amz-Expires parameters."
                .to_owned(),
        ));
    };
    if algorithm != ALGORITHM {
        return Err(Fault::Malformed(format!("X-Amz-Algorithm only supports \"{ALGORITHM}\"")));
    }
    let expires_in = match expires.parse::<i64>() {
        Err(_) => return Err(Fault::BadLifetime("X-Amz-Expires should be a number")),
        Ok(seconds) if seconds < 0 => return Err(Fault::BadLifetime("X-Amz-Expires must be non-negative")),
        Ok(seconds) if seconds > LONGEST => {
            return Err(Fault::BadLifetime(
                "X-Amz-Expires must be less than a week (in seconds); that is, the given X-Amz-Expires must be less \
                 than 604800 seconds",
            ));
        }
        Ok(seconds) => seconds,
    };
    let at = moments::timestamp(timestamp).ok_or_else(|| {
        Fault::Malformed("X-Amz-Date must be in the ISO8601 Long Format \"yyyyMMdd'T'HHmmss'Z'\"".to_owned())
    })?;
    let hash = get("X-Amz-Content-Sha256").or_else(|| headers.get("x-amz-content-sha256")?.to_str().ok());
    Signed {
        expires_in: Some(expires_in),
        payload_hash: hash.unwrap_or(UNSIGNED).to_owned(),
        token: get("X-Amz-Security-Token").map(str::to_owned),
        header_names: Signed::names(signed_headers),
        signature: signature.to_owned(),
        timestamp: timestamp.to_owned(),
        at,
        ..Signed::scoped(credential)?
    }
    .checked()
}

/// `AWSAccessKeyId=AKIA…&Signature=…&Expires=1141889120`. The URL ends at a moment, which is told as a life that began in 1970.
fn version_two<'a>(get: impl Fn(&str) -> Option<&'a str>) -> Result<Signed, Fault> {
    let (Some(key), Some(signature), Some(expires)) = (get("AWSAccessKeyId"), get("Signature"), get("Expires")) else {
        return Err(Fault::Malformed(format!("{OLD_QUERY} the Signature, Expires and AWSAccessKeyId parameters")));
    };
    let ends = expires.parse().map_err(|_| Fault::invalid_moment(expires))?;
    Ok(Signed {
        expires_in: Some(ends),
        timestamp: expires.to_owned(),
        token: get("x-amz-security-token").map(str::to_owned),
        ..Signed::version_two(key, signature)
    })
}

/// Names and values of a query, decoded. A name without `=` has an empty value.
pub fn query_pairs(query: &str) -> Vec<(String, String)> {
    let decode = |text: &str| percent_decode_str(&text.replace('+', "%20")).decode_utf8_lossy().into_owned();
    let pairs = query.split('&').filter(|pair| !pair.is_empty());
    pairs
        .map(|pair| pair.split_once('=').unwrap_or((pair, "")))
        .map(|(name, value)| (decode(name), decode(value)))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::query_pairs;

    #[test]
    fn names_and_values_of_a_query_are_decoded() {
        let pairs = query_pairs("a=b%20c+d&e&=f&&%ff=%zz&g=h=i");
        let pairs: Vec<(&str, &str)> = pairs.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
        assert_eq!(pairs, [("a", "b c d"), ("e", ""), ("", "f"), ("\u{fffd}", "%zz"), ("g", "h=i")]);
    }
}
