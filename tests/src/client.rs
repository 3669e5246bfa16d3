//! Calls the API as one actor.

use reqwest::{Method, RequestBuilder, header::HeaderMap, redirect::Policy};
use serde_json::{Value, json};

/// An actor's connection to one replica.
#[derive(Clone)]
pub struct Client {
    http: reqwest::Client,
    base_url: String,
    token: Option<String>,
}

/// An answer, whatever its status.
#[derive(Debug)]
pub struct Reply {
    /// The status.
    pub status: u16,
    /// The headers.
    pub headers: HeaderMap,
    /// The body as text.
    pub body: String,
}

/// HTTP that neither follows redirects nor uses a proxy.
pub(crate) fn http() -> reqwest::Client {
    // Another test may have installed it already.
    let _ = rustls::crypto::ring::default_provider().install_default();
    reqwest::Client::builder().redirect(Policy::none()).no_proxy().build().expect("an HTTP client can be made")
}

impl Client {
    pub(crate) fn new(http: &reqwest::Client, base_url: &str, token: Option<&str>) -> Self {
        Self { http: http.clone(), base_url: base_url.to_owned(), token: token.map(str::to_owned) }
    }

    /// The token that this client shows.
    pub fn token(&self) -> &str {
        self.token.as_deref().expect("this actor shows a token")
    }

    /// The same connection with another token.
    #[must_use]
    pub fn showing(&self, token: &str) -> Self {
        Self { token: Some(token.to_owned()), ..self.clone() }
    }

    /// A request to finish by hand.
    pub fn request(&self, method: Method, path: &str) -> RequestBuilder {
        let request = self.http.request(method, format!("{}{path}", self.base_url));
        match &self.token {
            Some(token) => request.bearer_auth(token),
            None => request,
        }
    }

    /// Sends what [`request`](Self::request) began.
    pub async fn send(&self, request: RequestBuilder) -> Reply {
        let response = request.send().await.expect("the service answers");
        let (status, headers) = (response.status().as_u16(), response.headers().clone());
        Reply { status, headers, body: response.text().await.expect("the answer arrives whole") }
    }

    /// GET.
    pub async fn get(&self, path: &str) -> Reply {
        self.send(self.request(Method::GET, path)).await
    }

    /// POST of JSON.
    pub async fn post(&self, path: &str, body: &Value) -> Reply {
        self.send(self.request(Method::POST, path).json(body)).await
    }

    /// PATCH of JSON.
    pub async fn patch(&self, path: &str, body: &Value) -> Reply {
        self.send(self.request(Method::PATCH, path).json(body)).await
    }

    /// DELETE.
    pub async fn delete(&self, path: &str) -> Reply {
        self.send(self.request(Method::DELETE, path)).await
    }

    /// A new draft.
    pub async fn draft(&self, settings: &Value) -> Value {
        self.post("/api/v1/drafts", settings).await.json(201)
    }

    /// A new integration.
    pub async fn connect(&self, settings: &Value) -> Value {
        let draft = self.draft(settings).await;
        self.post("/api/v1/integrations", &json!({"draft_id": draft["id"]})).await.json(201)
    }

    /// The answers to locators, in order.
    pub async fn resolve(&self, locators: &[&str]) -> Vec<Value> {
        self.resolve_with(&json!({"locators": locators})).await
    }

    /// The answers to a request that has more than locators.
    pub async fn resolve_with(&self, request: &Value) -> Vec<Value> {
        match self.post("/api/v1/resolve", request).await.json(200)["results"].take() {
            Value::Array(results) => results,
            other => panic!("results are a list, not {other}"),
        }
    }

    /// The URL of one object, for `expires_in` seconds at most.
    pub async fn url(&self, locator: &str, expires_in: u32) -> String {
        let results = self.resolve_with(&json!({"locators": [locator], "expires_in": expires_in})).await;
        results[0]["url"].as_str().unwrap_or_else(|| panic!("there is a URL: {}", results[0])).to_owned()
    }
}

impl Reply {
    /// The JSON of an answer with this status.
    #[track_caller]
    pub fn json(&self, status: u16) -> Value {
        assert_eq!(self.status, status, "{}", self.body);
        serde_json::from_str(&self.body).unwrap_or_else(|_| panic!("this is JSON: {}", self.body))
    }

    /// The problem of an answer with this status and code.
    #[track_caller]
    pub fn problem(&self, status: u16, code: &str) -> Value {
        let problem = self.json(status);
        assert_eq!(self.header("content-type"), Some("application/problem+json"), "{problem}");
        assert_eq!(
            (problem["status"].as_u64(), problem["code"].as_str()),
            (Some(status.into()), Some(code)),
            "{problem}"
        );
        problem
    }

    /// A header's value.
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name).and_then(|value| value.to_str().ok())
    }
}
