//! The API's description: OpenAPI 3.1, made from the code.

use axum::Json;
use utoipa::{
    Modify, OpenApi,
    openapi::security::{HttpAuthScheme, HttpBuilder, SecurityScheme},
};

use crate::{problem::Problem, router};

#[derive(OpenApi)]
#[openapi(
    info(title = "BYOB", description = "Connect your customers' own S3 buckets, and hand out URLs that load straight from them.", license(name = "Apache-2.0", identifier = "Apache-2.0")),
    components(schemas(Problem)),
    security(("token" = [])),
    modifiers(&Token)
)]
struct Base;

struct Token;

impl Modify for Token {
    fn modify(&self, openapi: &mut utoipa::openapi::OpenApi) {
        let scheme = HttpBuilder::new().scheme(HttpAuthScheme::Bearer).bearer_format("byob_…").build();
        openapi.components.get_or_insert_default().add_security_scheme("token", SecurityScheme::Http(scheme));
    }
}

pub(crate) fn base() -> utoipa::openapi::OpenApi {
    Base::openapi()
}

/// The whole description.
pub fn document() -> utoipa::openapi::OpenApi {
    router::api().split_for_parts().1
}

pub(crate) async fn serve() -> Json<utoipa::openapi::OpenApi> {
    Json(document())
}
