//! Principal roles: a role of the platform's own for each integration, made and removed through IAM, and chained through.

mod chain;
mod given;
mod life;
mod mishaps;
