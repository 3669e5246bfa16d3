//! Somebody with a browser that keeps cookies and follows nothing.

use byob_core::{audit::By, id::MemberId, organization::Role};
use byob_e2e::{Actor, Client, Reply, Service};
use reqwest::{Method, RequestBuilder};

pub const EMAIL: &str = "ada@example.com";
pub const PASSWORD: &str = "correct horse battery";

/// The name of the cookie where browsers come by TLS.
pub const COOKIE: &str = "__Host-byob";

pub struct Visitor {
    client: Client,
    cookie: Option<String>,
}

impl Visitor {
    /// Nobody yet.
    pub fn of(service: &Service) -> Self {
        Self { client: service.client(Actor::Anonymous), cookie: None }
    }

    /// A new member of the organization, signed in.
    pub async fn signed_in(service: &Service, email: &str, role: Role) -> Self {
        let (_, invitation) =
            service.core.invite_member(&service.organization, &By::operator(), email, role).await.unwrap();
        let mut visitor = Self::of(service);
        let joined = visitor.post(&format!("/join/{}", invitation.secret), &[("password", PASSWORD)]).await;
        assert_eq!(joined.status, 303, "{}", joined.body);
        visitor
    }

    pub async fn get(&mut self, path: &str) -> Reply {
        let request = self.request(Method::GET, path);
        self.send(request).await
    }

    /// Sends a form, as a page of the console does.
    pub async fn post(&mut self, path: &str, fields: &[(&str, &str)]) -> Reply {
        let request = self.request(Method::POST, path).header("sec-fetch-site", "same-origin");
        self.send_form(request, fields).await
    }

    /// A request to finish by hand, with the cookie.
    pub fn request(&self, method: Method, path: &str) -> RequestBuilder {
        let request = self.client.request(method, path).header("accept", "text/html");
        match &self.cookie {
            Some(cookie) => request.header("cookie", format!("{COOKIE}={cookie}")),
            None => request,
        }
    }

    pub async fn send_form(&mut self, request: RequestBuilder, fields: &[(&str, &str)]) -> Reply {
        let body = url::form_urlencoded::Serializer::new(String::new()).extend_pairs(fields).finish();
        self.send(request.header("content-type", "application/x-www-form-urlencoded").body(body)).await
    }

    /// Sends what [`request`](Self::request) began, and keeps the cookie that comes.
    pub async fn send(&mut self, request: RequestBuilder) -> Reply {
        let reply = self.client.send(request).await;
        if let Some(set) = reply.header("set-cookie") {
            let value = set.strip_prefix(&format!("{COOKIE}=")).and_then(|rest| rest.split(';').next());
            self.cookie = value.filter(|value| !value.is_empty()).map(str::to_owned);
        }
        reply
    }

    pub fn cookie(&self) -> &str {
        self.cookie.as_deref().expect("the browser keeps a cookie")
    }

    /// The same cookie in another browser, such as one that has stolen it.
    pub fn with_cookie(service: &Service, cookie: &str) -> Self {
        Self { cookie: Some(cookie.to_owned()), ..Self::of(service) }
    }
}

/// Where a redirect leads.
#[track_caller]
pub fn leads_to(reply: &Reply) -> &str {
    assert_eq!(reply.status, 303, "{}", reply.body);
    reply.header("location").expect("a redirect leads somewhere")
}

/// Of which settings the form of a page was made.
pub fn made_of(page: &str) -> &str {
    page.split("name=\"made_of\" value=\"").nth(1).and_then(|rest| rest.split('"').next()).expect("the form says it")
}

/// The member of that address.
pub async fn member(service: &Service, email: &str) -> MemberId {
    let members = service.core.list_members(&service.organization, "", 100).await.unwrap();
    MemberId::from_text(&members.into_iter().find(|member| member.email == email).unwrap().id)
}
