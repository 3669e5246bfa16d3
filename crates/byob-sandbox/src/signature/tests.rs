//! AWS's own examples, times that are far away, and noise.

use axum::http::{Request, request::Parts};
use proptest::prelude::*;
use time::macros::datetime;

use super::{Fault, UNSIGNED, find};

fn parts(uri: &str, headers: &[(&str, &str)]) -> Option<Parts> {
    let request = headers.iter().fold(Request::get(uri), |request, (name, value)| request.header(*name, *value));
    request.body(()).ok().map(|request| request.into_parts().0)
}

/// "Example: GET object" and "Example: presigned URL" of the pages that the module names.
#[test]
fn the_examples_of_the_documentation_are_verified() {
    const SECRET: &str = "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY";
    const EMPTY: &str = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";
    let host = ("host", "examplebucket.s3.amazonaws.com");
    let authorization = "AWS4-HMAC-SHA256 Credential=AKIAIOSFODNN7EXAMPLE/20130524/us-east-1/s3/aws4_request,\
         SignedHeaders=host;range;x-amz-content-sha256;x-amz-date,\
         Signature=f0e8bdb87c964420e857bd35b5d6ed310bd44f0170aba48dd91039c6036bdb41";
    let date = ("x-amz-date", "20130524T000000Z");
    let headers =
        [host, ("range", "bytes=0-9"), date, ("x-amz-content-sha256", EMPTY), ("authorization", authorization)];
    let in_header = parts("/test.txt", &headers).unwrap();
    let in_query = parts(
        "/test.txt?X-Amz-Algorithm=AWS4-HMAC-SHA256&X-Amz-Credential=AKIAIOSFODNN7EXAMPLE%2F20130524%2Fus-east-1%2Fs3%2Faws4_request\
         &X-Amz-Date=20130524T000000Z&X-Amz-Expires=86400&X-Amz-SignedHeaders=host\
         &X-Amz-Signature=aeeed9bbccd4d02ee5c0109b86d86835f995330da4c265957d157751f604d404",
        &[host],
    );
    for (request, hash) in [(in_header, EMPTY), (in_query.unwrap(), UNSIGNED)] {
        let signed = find(&request).unwrap().unwrap();
        assert!(signed.check_time(datetime!(2013-05-24 0:10 UTC)).is_ok());
        assert!(signed.verify(&request, SECRET, hash).is_ok());
        assert!(matches!(signed.verify(&request, "another", hash), Err(Fault::Mismatch(_))));
    }
}

#[test]
fn times_far_from_now_are_refused() {
    let now = datetime!(2030-01-01 0:00 UTC);
    for (date, readable) in [
        ("Tue, 01 Jan 2030 00:14:00 GMT", true),
        ("20300101T000000Z", true),
        ("Tue, 07 Jul 1950 21:53:04 GMT", false),
        ("Bad Date", false),
        ("", false),
    ] {
        let request = parts("/", &[("authorization", "AWS a:b"), ("x-amz-date", date)]).unwrap();
        let found = find(&request).ok().flatten();
        assert_eq!(found.is_some_and(|signed| signed.check_time(now).is_ok()), readable, "{date}");
    }
    for expires in ["9223372036854775807", "-9223372036854775808", "99999999999999999999", "never"] {
        let request = parts(&format!("/?AWSAccessKeyId=a&Signature=b&Expires={expires}"), &[]).unwrap();
        assert!(
            !find(&request).is_ok_and(|found| found.is_some_and(|signed| signed.check_time(now).is_ok())),
            "{expires}"
        );
    }
}

proptest! {
    #[test]
    fn noise_never_panics(query in "[a-zA-Z0-9%&=+;/_.-]{0,120}", header in "\\PC{0,80}", date in "[0-9TZ]{0,20}", expires in any::<i64>()) {
        let query = format!(
            "{query}&X-Amz-Algorithm=AWS4-HMAC-SHA256&X-Amz-Credential=a/{0}/b/c/aws4_request&X-Amz-Date={date}\
             &X-Amz-SignedHeaders=host&X-Amz-Signature=d&X-Amz-Expires={expires}",
            date.get(..8).unwrap_or_default()
        );
        let requests = [
            parts(&format!("/?{query}"), &[("host", "a")]),
            parts("/", &[("authorization", &format!("AWS4-HMAC-SHA256 {header}")), ("x-amz-date", &date)]),
            parts("/", &[("authorization", &header), ("date", &date)]),
        ];
        for request in requests.into_iter().flatten() {
            if let Ok(Some(signed)) = find(&request) {
                drop(signed.check_time(datetime!(2030-01-01 0:00 UTC)));
                drop(signed.verify(&request, "secret", UNSIGNED));
            }
        }
    }
}
