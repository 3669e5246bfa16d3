//! AWS IAM: reads policies as strictly as AWS does, and decides requests as AWS documents it.
//!
//! | you have | you want | look at |
//! |---|---|---|
//! | a policy as text | to know that AWS would take it, or where the fault is | [`Policy::parse`] |
//! | who asks, as an ARN | a caller | [`Caller`] |
//! | all policies that apply | a decision and the statement that decided | [`evaluate()`] |
//!
//! Organizations' control policies, VPC endpoint policies and ACLs are not part of it.
//!
//! ```
//! use byob_aws::iam::{Caller, Context, Effect, Policies, Policy, PolicyKind, Request, evaluate};
//!
//! let policy = Policy::parse(
//!     r#"{"Version": "2012-10-17", "Statement": {"Sid": "Home", "Effect": "Allow", "Action": "s3:Get*",
//!         "Resource": "arn:aws:s3:::photos/${aws:username}/*"}}"#,
//!     PolicyKind::Identity,
//! )?;
//! let caller = Caller::parse("arn:aws:iam::111122223333:user/ana")?;
//! let request = Request {
//!     caller: &caller,
//!     action: "s3:GetObject",
//!     resource: "arn:aws:s3:::photos/ana/cat.png",
//!     resource_account: "111122223333",
//!     context: &Context::new().with("aws:SourceIp", "203.0.113.7"),
//! };
//! let decision = evaluate(&request, &Policies { identity: vec![&policy], ..Policies::default() });
//! assert_eq!(decision.effect, Effect::Allowed);
//! assert_eq!(decision.because, "The statement `Home` of the identity policy allows it.");
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

mod caller;
pub(crate) mod condition;
mod context;
mod decision;
pub(crate) mod document;
mod evaluate;
pub(crate) mod json;
pub(crate) mod parse;
pub(crate) mod pattern;
pub(crate) mod principal;
mod values;
pub(crate) mod variables;

pub use caller::Caller;
pub use context::Context;
pub use decision::{Decider, Decision, Effect};
pub use document::{MalformedPolicy, Policy, PolicyKind};
pub use evaluate::{Policies, Request, evaluate, is_role_assumption};
