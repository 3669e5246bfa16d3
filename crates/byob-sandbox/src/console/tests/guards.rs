use axum::{
    body::Body,
    http::{Request, StatusCode, header},
};

use super::{CUSTOMER, HOST, at, get, read, sandbox, send};

#[tokio::test]
async fn forms_of_other_sites_change_nothing() {
    let sandbox = sandbox();
    for (name, value) in [
        ("origin", "https://evil.example"),
        ("origin", "null"),
        ("sec-fetch-site", "cross-site"),
        ("sec-fetch-site", "same-site"),
        ("x-nothing", "said"),
    ] {
        let request = Request::post(at("iam/users")).header(header::HOST, HOST).header(name, value);
        let page = read(send(&sandbox, request.body(Body::from("name=eve")).unwrap()).await).await;
        assert_eq!(page.status, StatusCode::FORBIDDEN, "{name}: {value}");
        assert!(page.text.contains("This form was not sent from the console"));
    }
    assert!(!sandbox.read().iam.written().accounts[CUSTOMER].users.contains_key("eve"));
}

#[tokio::test]
async fn names_of_other_hosts_are_refused_by_console_and_controls() {
    let sandbox = sandbox();
    for (host, expected) in [
        ("localhost:9444", StatusCode::OK),
        ("127.0.0.1:9444", StatusCode::OK),
        ("[::1]:9444", StatusCode::OK),
        ("console.localhost:9444", StatusCode::OK),
        ("LOCALHOST", StatusCode::OK),
        ("evil.example", StatusCode::FORBIDDEN),
        ("localhost.evil.example", StatusCode::FORBIDDEN),
        ("evillocalhost", StatusCode::FORBIDDEN),
        ("192.168.1.2:9444", StatusCode::FORBIDDEN),
        ("", StatusCode::FORBIDDEN),
    ] {
        for path in [at("s3"), "/_sandbox/clock".to_owned()] {
            let request = Request::get(&path).header(header::HOST, host).body(Body::empty()).unwrap();
            assert_eq!(send(&sandbox, request).await.status(), expected, "{host} {path}");
        }
    }
}

#[tokio::test]
async fn every_answer_forbids_scripts_and_frames() {
    let sandbox = sandbox();
    for path in [at("s3"), at("none"), "/_console/".to_owned(), "/_console/console.css".to_owned()] {
        let request = Request::get(&path).header(header::HOST, HOST).body(Body::empty()).unwrap();
        let response = send(&sandbox, request).await;
        let policy = response.headers()[header::CONTENT_SECURITY_POLICY].to_str().unwrap();
        assert_eq!(
            policy,
            "default-src 'none'; style-src 'self'; form-action 'self'; img-src 'self' data:; base-uri 'none'; frame-ancestors 'none'"
        );
        assert_eq!(response.headers()[header::X_CONTENT_TYPE_OPTIONS], "nosniff");
    }
}

#[tokio::test]
async fn nobody_else_can_put_words_into_a_page() {
    let sandbox = sandbox();
    let page = get(&sandbox, &at("s3?done=role-created")).await;
    assert!(page.text.contains("The role was created."));
    let page = get(&sandbox, &at("s3?done=You+won")).await;
    assert!(!page.text.contains("You won"));
}
