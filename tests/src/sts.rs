//! A stand-in for AWS STS, to count and to break.
//!
//! It enforces nothing but the external ID, and of that only that it is one of ours: whoever shows one gets a session, whatever the role
//! or the signature. That the product's
//! requests are the right ones is proven against servers that do enforce, in `tests/interop`.

use std::{
    collections::{HashMap, VecDeque},
    net::SocketAddr,
    sync::{
        Arc, Mutex,
        atomic::{AtomicBool, AtomicUsize, Ordering},
    },
};

use axum::{
    Router,
    extract::State,
    http::{HeaderName, StatusCode, header},
    response::{IntoResponse, Response},
    routing::post,
};
use byob_core::{runtime::Clock, store::Store};
use time::{Duration, format_description::well_known::Rfc3339};
use tokio::{net::TcpListener, sync::watch, task::JoinSet};
use url::form_urlencoded;

use crate::crowd::patiently;

/// One AssumeRole that arrived.
#[derive(Debug, Clone)]
pub struct AssumeRole {
    /// `RoleArn`.
    pub role_arn: String,
    /// `ExternalId`.
    pub external_id: Option<String>,
    /// `RoleSessionName`.
    pub session_name: String,
    /// `Policy`.
    pub session_policy: Option<String>,
    /// `DurationSeconds`.
    pub duration: i64,
}

/// Session credentials that were given out.
#[derive(Debug, Clone)]
pub struct Issued {
    /// Differs from all others.
    pub access_key_id: String,
    /// Differs from all others.
    pub secret_access_key: String,
    /// Differs from all others.
    pub session_token: String,
}

/// What STS says.
#[derive(Debug, Clone, Copy)]
pub enum Answer {
    /// Session credentials that last as long as they were asked for.
    Session,
    /// Session credentials that last for so many seconds, as if by a clock that differs from ours.
    SessionOf(i64),
    /// An error of AWS.
    Fault(u16, &'static str, &'static str),
}

impl Answer {
    /// The role's trust policy does not let the platform in.
    pub const ACCESS_DENIED: Self =
        Self::Fault(403, "AccessDenied", "User is not authorized to perform: sts:AssumeRole");
    /// Too many requests. AWS's client asks three times before it gives up.
    pub const THROTTLED: Self = Self::Fault(400, "Throttling", "Rate exceeded");
    /// The platform's own credentials are old.
    pub const EXPIRED: Self = Self::Fault(403, "ExpiredTokenException", "The security token is expired");
    /// STS is out of order. AWS's client asks three times before it gives up.
    pub const BROKEN: Self = Self::Fault(500, "InternalFailure", "We encountered an internal error");
}

const REQUEST_ID: HeaderName = HeaderName::from_static("x-amzn-requestid");

/// The stand-in, on a port of its own.
pub struct Sts {
    address: SocketAddr,
    inner: Arc<Inner>,
    _server: JoinSet<()>,
}

struct Inner {
    clock: Clock,
    calls: watch::Sender<Vec<AssumeRole>>,
    issued: Mutex<Vec<Issued>>,
    always: Mutex<Answer>,
    of_role: Mutex<HashMap<String, Answer>>,
    next: Mutex<VecDeque<Answer>>,
    held: watch::Sender<bool>,
    /// Knows the external IDs.
    store: Mutex<Option<Store>>,
    /// How often somebody tried without a right one.
    tried: AtomicUsize,
    /// Everybody is let in, whatever external ID they show.
    lax: AtomicBool,
    /// What those hear who show no right external ID.
    to_others: Mutex<Answer>,
}

/// Keeps every AssumeRole waiting until it is opened or dropped.
pub struct Gate(Arc<Inner>);

impl Sts {
    /// Starts one whose sessions end by this clock.
    pub async fn start(clock: Clock) -> Self {
        let inner = Arc::new(Inner {
            clock,
            calls: watch::Sender::new(Vec::new()),
            issued: Mutex::default(),
            always: Mutex::new(Answer::Session),
            of_role: Mutex::default(),
            next: Mutex::default(),
            held: watch::Sender::new(false),
            store: Mutex::default(),
            tried: AtomicUsize::default(),
            lax: AtomicBool::default(),
            to_others: Mutex::new(Answer::ACCESS_DENIED),
        });
        let listener = TcpListener::bind(("127.0.0.1", 0)).await.expect("there is a free port");
        let address = listener.local_addr().unwrap();
        let router = Router::new().route("/", post(assume_role)).with_state(inner.clone());
        let mut server = JoinSet::new();
        server.spawn(async move { axum::serve(listener, router).await.unwrap() });
        Self { address, inner, _server: server }
    }

    /// Where it is, for the configuration.
    pub fn url(&self) -> String {
        format!("http://{}", self.address)
    }

    /// Every AssumeRole so far, refused ones included.
    pub fn calls(&self) -> Vec<AssumeRole> {
        self.inner.calls.borrow().clone()
    }

    /// How often a role was to be assumed so far.
    pub fn count(&self) -> usize {
        self.inner.calls.borrow().len()
    }

    /// How often this role was to be assumed.
    pub fn count_of(&self, role_arn: &str) -> usize {
        self.inner.calls.borrow().iter().filter(|call| call.role_arn == role_arn).count()
    }

    /// Returns when a role was to be assumed that often.
    pub async fn wait_for(&self, count: usize) {
        let mut calls = self.inner.calls.subscribe();
        let come = calls.wait_for(|calls| calls.len() >= count);
        patiently(&format!("STS was asked {count} times"), come).await.unwrap();
    }

    /// All sessions given out so far.
    pub fn issued(&self) -> Vec<Issued> {
        self.inner.issued.lock().unwrap().clone()
    }

    /// Lets it know which external IDs are right.
    pub(crate) fn learn(&self, store: Store) {
        *self.inner.store.lock().unwrap() = Some(store);
    }

    /// From now on everybody is let in, whatever external ID they show, or not any more.
    pub fn let_everybody_in(&self, lax: bool) {
        self.inner.lax.store(lax, Ordering::SeqCst);
    }

    /// From now on those who show no right external ID hear this error.
    pub fn answer_others(&self, answer: Answer) {
        *self.inner.to_others.lock().unwrap() = answer;
    }

    /// How often somebody tried to assume a role without its external ID.
    pub fn tried(&self) -> usize {
        self.inner.tried.load(Ordering::SeqCst)
    }

    /// From now on it says this to everybody.
    pub fn answer(&self, answer: Answer) {
        *self.inner.always.lock().unwrap() = answer;
    }

    /// From now on it says this to whoever asks for this role.
    pub fn answer_for(&self, role_arn: &str, answer: Answer) {
        self.inner.of_role.lock().unwrap().insert(role_arn.to_owned(), answer);
    }

    /// It says this to the next who asks, and then what it said before.
    pub fn answer_once(&self, answer: Answer) {
        self.inner.next.lock().unwrap().push_back(answer);
    }

    /// From now on everybody waits at the gate. AWS's client waits 5 seconds before it asks again.
    #[must_use]
    pub fn hold(&self) -> Gate {
        self.inner.held.send_replace(true);
        Gate(self.inner.clone())
    }
}

impl Gate {
    /// Lets everybody in.
    pub fn open(self) {
        drop(self);
    }
}

impl Drop for Gate {
    fn drop(&mut self) {
        self.0.held.send_replace(false);
    }
}

async fn assume_role(State(inner): State<Arc<Inner>>, body: String) -> Response {
    let mut form: HashMap<String, String> = form_urlencoded::parse(body.as_bytes()).into_owned().collect();
    if form["Action"] == "GetCallerIdentity" {
        return xml(StatusCode::OK, IDENTITY.to_owned());
    }
    assert_eq!(form["Action"], "AssumeRole", "the product asks STS for nothing else");
    let mut take = |name: &str| form.remove(name);
    let call = AssumeRole {
        role_arn: take("RoleArn").unwrap(),
        external_id: take("ExternalId"),
        session_name: take("RoleSessionName").unwrap(),
        session_policy: take("Policy"),
        duration: take("DurationSeconds").unwrap().parse().unwrap(),
    };
    if !inner.is_right(call.external_id.as_deref()).await {
        inner.tried.fetch_add(1, Ordering::SeqCst);
        let answer = *inner.to_others.lock().unwrap();
        let Answer::Fault(status, code, message) = answer else { panic!("others get no session: {answer:?}") };
        return xml(StatusCode::from_u16(status).unwrap(), fault(code, message));
    }
    inner.calls.send_modify(|calls| calls.push(call.clone()));
    inner.held.subscribe().wait_for(|held| !held).await.unwrap();
    match inner.answer_to(&call) {
        Answer::Session => xml(StatusCode::OK, inner.session(call.duration)),
        Answer::SessionOf(seconds) => xml(StatusCode::OK, inner.session(seconds)),
        Answer::Fault(status, code, message) => xml(StatusCode::from_u16(status).unwrap(), fault(code, message)),
    }
}

/// The platform, as its principal names it.
const IDENTITY: &str = r#"<GetCallerIdentityResponse xmlns="https://sts.amazonaws.com/doc/2011-06-15/"><GetCallerIdentityResult>
    <Arn>arn:aws:sts::111122223333:assumed-role/byob-platform/test</Arn><UserId>AROA:test</UserId><Account>111122223333</Account>
    </GetCallerIdentityResult><ResponseMetadata><RequestId>stand-in</RequestId></ResponseMetadata></GetCallerIdentityResponse>"#;

impl Inner {
    async fn is_right(&self, external_id: Option<&str>) -> bool {
        const KNOWN: &str = "SELECT COUNT(*) FROM integrations WHERE external_id = $1";
        if self.lax.load(Ordering::SeqCst) {
            return true;
        }
        let Some(store) = self.store.lock().unwrap().clone() else { return true };
        let Some(external_id) = external_id else { return false };
        let known: i64 = match store {
            Store::Sqlite(pool) => sqlx::query_scalar(KNOWN).bind(external_id).fetch_one(&pool).await.unwrap(),
            Store::Postgres(pool) => sqlx::query_scalar(KNOWN).bind(external_id).fetch_one(&pool).await.unwrap(),
        };
        known > 0
    }

    fn answer_to(&self, call: &AssumeRole) -> Answer {
        let next = self.next.lock().unwrap().pop_front();
        let of_role = || self.of_role.lock().unwrap().get(&call.role_arn).copied();
        next.or_else(of_role).unwrap_or_else(|| *self.always.lock().unwrap())
    }

    fn session(&self, seconds: i64) -> String {
        let mut issued = self.issued.lock().unwrap();
        let number = issued.len();
        let session = Issued {
            access_key_id: format!("ASIASTANDIN{number:09}"),
            secret_access_key: format!("secret-of-session-{number:09}"),
            session_token: format!("token-of-session-{number:09}"),
        };
        issued.push(session.clone());
        let Issued { access_key_id, secret_access_key, session_token } = session;
        let expiration = (self.clock.now() + Duration::seconds(seconds)).format(&Rfc3339).unwrap();
        format!(
            r#"<AssumeRoleResponse xmlns="https://sts.amazonaws.com/doc/2011-06-15/"><AssumeRoleResult>
            <Credentials><AccessKeyId>{access_key_id}</AccessKeyId><SecretAccessKey>{secret_access_key}</SecretAccessKey>
            <SessionToken>{session_token}</SessionToken><Expiration>{expiration}</Expiration></Credentials>
            </AssumeRoleResult><ResponseMetadata><RequestId>stand-in</RequestId></ResponseMetadata></AssumeRoleResponse>"#
        )
    }
}

fn fault(code: &str, message: &str) -> String {
    format!(
        r#"<ErrorResponse xmlns="https://sts.amazonaws.com/doc/2011-06-15/"><Error><Type>Sender</Type><Code>{code}</Code>
        <Message>{message}</Message></Error><RequestId>stand-in</RequestId></ErrorResponse>"#
    )
}

fn xml(status: StatusCode, body: String) -> Response {
    let headers = [(header::CONTENT_TYPE, "text/xml"), (REQUEST_ID, "stand-in")];
    (status, headers, body).into_response()
}
