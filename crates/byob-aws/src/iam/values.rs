//! The values that condition operators compare: numbers, moments, addresses and bytes.
//!
//! Source: <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_condition_operators.html>.

use std::{cmp::Ordering, net::IpAddr};

use base64::{
    Engine,
    alphabet::STANDARD,
    engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig},
};
use time::{Date, Month, Time};

/// Compares two integers or decimals; nothing if one of them is no number.
pub(crate) fn compare_numbers(a: &str, b: &str) -> Option<Ordering> {
    if let (Ok(a), Ok(b)) = (a.trim().parse::<i128>(), b.trim().parse::<i128>()) {
        return Some(a.cmp(&b));
    }
    decimal(a)?.partial_cmp(&decimal(b)?)
}

fn decimal(text: &str) -> Option<f64> {
    let text = text.trim();
    // Rust also reads `inf` and `NaN`.
    let digits = text.bytes().all(|b| b.is_ascii_digit() || b"+-.eE".contains(&b));
    digits.then(|| text.parse().ok()).flatten()
}

/// A moment, as nanoseconds since 1970: one of the W3C's forms of ISO 8601 (<https://www.w3.org/TR/NOTE-datetime>), or
/// seconds since 1970. Four digits are a year. Where no offset is given, the time is in UTC.
pub(crate) fn moment(text: &str) -> Option<i128> {
    let text = text.trim();
    let is_year = text.len() == 4 && text.bytes().all(|b| b.is_ascii_digit());
    if !is_year && let Some(seconds) = epoch(text) {
        return Some(seconds);
    }
    let (date, time) = match text.split_once(['T', 't', ' ']) {
        Some((date, time)) => (date, Some(time)),
        None => (text, None),
    };
    let mut parts = date.split('-');
    let year = digits(parts.next()?, 4)?;
    let month = parts.next().map_or(Some(1), |month| digits(month, 2))?;
    let day = parts.next().map_or(Some(1), |day| digits(day, 2))?;
    if parts.next().is_some() {
        return None;
    }
    let month = Month::try_from(u8::try_from(month).ok()?).ok()?;
    let date = Date::from_calendar_date(year, month, u8::try_from(day).ok()?).ok()?;
    let (time, offset_minutes) = time.map_or(Some((Time::MIDNIGHT, 0)), clock)?;
    let utc = date.with_time(time).assume_utc().unix_timestamp_nanos();
    Some(utc - i128::from(offset_minutes) * 60 * NANOS)
}

const NANOS: i128 = 1_000_000_000;

fn epoch(text: &str) -> Option<i128> {
    let (whole, fraction) = text.split_once('.').unwrap_or((text, "0"));
    let whole: i64 = whole.parse().ok()?;
    let nanos = fraction_nanos(fraction)?;
    Some(i128::from(whole) * NANOS + if text.starts_with('-') { -nanos } else { nanos })
}

fn fraction_nanos(digits: &str) -> Option<i128> {
    if digits.is_empty() || !digits.bytes().all(|b| b.is_ascii_digit()) {
        return None;
    }
    let nanos: String = digits.chars().chain(std::iter::repeat('0')).take(9).collect();
    nanos.parse().ok()
}

fn digits(text: &str, count: usize) -> Option<i32> {
    (text.len() == count && text.bytes().all(|b| b.is_ascii_digit())).then(|| text.parse().ok()).flatten()
}

/// `hh:mm`, `hh:mm:ss` or `hh:mm:ss.s`, then `Z`, an offset or nothing; the offset in minutes.
fn clock(text: &str) -> Option<(Time, i32)> {
    let (time, offset) = match text.find(['Z', 'z', '+', '-']) {
        Some(at) => text.split_at(at),
        None => (text, "Z"),
    };
    let mut parts = time.splitn(3, ':');
    let hour = digits(parts.next()?, 2)?;
    let minute = digits(parts.next()?, 2)?;
    let (second, nanos) = match parts.next() {
        None => (0, 0),
        Some(seconds) => match seconds.split_once('.') {
            Some((second, fraction)) => (digits(second, 2)?, fraction_nanos(fraction)?),
            None => (digits(seconds, 2)?, 0),
        },
    };
    let byte = |number: i32| u8::try_from(number).ok();
    let time = Time::from_hms_nano(byte(hour)?, byte(minute)?, byte(second)?, u32::try_from(nanos).ok()?).ok()?;
    Some((time, offset_minutes(offset)?))
}

fn offset_minutes(text: &str) -> Option<i32> {
    if text.eq_ignore_ascii_case("z") {
        return Some(0);
    }
    let sign = if text.starts_with('-') { -1 } else { 1 };
    let text = text.get(1..)?;
    let (hours, minutes) = match text.split_once(':') {
        Some(parts) => parts,
        None if text.len() == 4 => text.split_at(2),
        None => (text, "00"),
    };
    Some(sign * (digits(hours, 2)? * 60 + digits(minutes, 2)?))
}

/// Whether an address lies in a range such as `203.0.113.0/24`; an address alone is the range of just itself.
pub(crate) fn address_in(range: &str, address: &str) -> bool {
    let Ok(address) = address.trim().parse::<IpAddr>() else { return false };
    let (network, prefix) = match range.trim().split_once('/') {
        Some((network, prefix)) => (network, Some(prefix)),
        None => (range.trim(), None),
    };
    let Ok(network) = network.parse::<IpAddr>() else { return false };
    // As if all addresses had 128 bits; those of the two families are never mixed.
    let (width, network, address) = match (network, address) {
        (IpAddr::V4(network), IpAddr::V4(address)) => (32, network.to_bits().into(), address.to_bits().into()),
        (IpAddr::V6(network), IpAddr::V6(address)) => (128, network.to_bits(), address.to_bits()),
        _ => return false,
    };
    let prefix = match prefix {
        None => width,
        Some(text) if text.bytes().all(|b| b.is_ascii_digit()) => match text.parse::<u32>() {
            Ok(prefix) if prefix <= width => prefix,
            _ => return false,
        },
        Some(_) => return false,
    };
    let difference: u128 = network ^ address;
    difference.checked_shr(width - prefix).unwrap_or(0) == 0
}

const BASE64: GeneralPurpose = GeneralPurpose::new(
    &STANDARD,
    GeneralPurposeConfig::new().with_decode_padding_mode(DecodePaddingMode::Indifferent),
);

/// Whether a policy's Base64 stands for the bytes of a request's value, which is given in Base64 too, or as it is.
pub(crate) fn same_bytes(policy: &str, request: &str) -> bool {
    if policy == request {
        return true;
    }
    let Ok(wanted) = BASE64.decode(policy) else { return false };
    wanted == request.as_bytes() || BASE64.decode(request).is_ok_and(|bytes| bytes == wanted)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn numbers_are_integers_and_decimals() {
        for (a, b, expected) in [
            ("1", "1", Some(Ordering::Equal)),
            ("1", "1.0", Some(Ordering::Equal)),
            ("9", "10", Some(Ordering::Less)),
            ("-1.5", "-1", Some(Ordering::Less)),
            ("9007199254740993", "9007199254740992", Some(Ordering::Greater)),
            ("1e3", "1000", Some(Ordering::Equal)),
            ("ten", "10", None),
            ("", "0", None),
            ("inf", "1", None),
            ("NaN", "NaN", None),
        ] {
            assert_eq!(compare_numbers(a, b), expected, "{a} {b}");
        }
    }

    #[test]
    fn moments_are_dates_and_seconds() {
        for (text, seconds) in [
            ("1970", 0),
            ("1970-02", 31 * 86_400),
            ("1970-01-02", 86_400),
            ("1970-01-01T00:01Z", 60),
            ("1970-01-01T00:00:01Z", 1),
            ("1970-01-01t00:00:01z", 1),
            ("1970-01-01T01:00:00+01:00", 0),
            ("1970-01-01T01:00:00+0100", 0),
            ("1969-12-31T23:00:00-01:00", 0),
            ("1970-01-01T00:00:07", 7),
            ("2013-08-16T23:59:59Z", 1_376_697_599),
            ("1376697599", 1_376_697_599),
            ("-1", -1),
            ("0", 0),
        ] {
            assert_eq!(moment(text), Some(seconds * NANOS), "{text}");
        }
        assert_eq!(moment("1970-01-01T00:00:00.25Z"), Some(NANOS / 4));
        assert_eq!(moment("0.25"), Some(NANOS / 4));
        for text in
            ["", "x", "1970-13-01", "1970-02-30", "1970-1-1", "1970-01-01T", "1970-01-01T25:00Z", "1970-01-01T1Z"]
        {
            assert_eq!(moment(text), None, "{text}");
        }
    }

    #[test]
    fn addresses_lie_in_ranges_of_their_family() {
        for (range, address, expected) in [
            ("203.0.113.0/24", "203.0.113.255", true),
            ("203.0.113.0/24", "203.0.114.0", false),
            ("203.0.113.9/24", "203.0.113.1", true),
            ("203.0.113.5", "203.0.113.5", true),
            ("203.0.113.5", "203.0.113.6", false),
            ("0.0.0.0/0", "8.8.8.8", true),
            ("0.0.0.0/0", "::1", false),
            ("::/0", "2001:db8::1", true),
            ("2001:DB8:1234:5678::/64", "2001:db8:1234:5678:9::1", true),
            ("2001:DB8:1234:5678::/64", "2001:db8:1234:5679::1", false),
            ("2001:db8::1", "2001:DB8:0:0::1", true),
            ("2001:db8::1", "2001:db8::2", false),
            ("203.0.113.0/33", "203.0.113.0", false),
            ("203.0.113.0/+8", "203.0.113.0", false),
            ("203.0.113.0/", "203.0.113.0", false),
            ("203.0.113.*", "203.0.113.0", false),
            ("203.0.113.0/24", "somewhere", false),
        ] {
            assert_eq!(address_in(range, address), expected, "{range} {address}");
        }
    }

    #[test]
    fn bytes_are_compared_and_not_their_spelling() {
        // The example of AWS's page.
        let policy = "QmluYXJ5VmFsdWVJbkJhc2U2NA==";
        assert!(same_bytes(policy, policy));
        assert!(same_bytes(policy, "QmluYXJ5VmFsdWVJbkJhc2U2NA"));
        assert!(same_bytes(policy, "BinaryValueInBase64"));
        assert!(!same_bytes(policy, "ASIAIOSFODNN7EXAMPLE"));
        assert!(!same_bytes("***", "x"));
    }

    proptest! {
        #[test]
        fn nothing_panics(a in "\\PC{0,24}", b in "\\PC{0,24}") {
            let _ = (compare_numbers(&a, &b), moment(&a), address_in(&a, &b), same_bytes(&a, &b));
        }

        #[test]
        fn a_range_holds_the_addresses_with_its_first_bits(network: u32, address: u32, prefix in 0u32..=32) {
            let (network_ip, ip) = (std::net::Ipv4Addr::from(network), std::net::Ipv4Addr::from(address));
            let expected = prefix == 0 || network >> (32 - prefix) == address >> (32 - prefix);
            prop_assert_eq!(address_in(&format!("{network_ip}/{prefix}"), &ip.to_string()), expected);
        }
    }
}
