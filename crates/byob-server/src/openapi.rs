//! The API's description: OpenAPI 3.1, made from the code.

use std::sync::LazyLock;

use axum::Json;
use serde_json::{Map, Value, json};
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

static DOCUMENT: LazyLock<Value> = LazyLock::new(|| {
    let mut document = serde_json::to_value(router::api().split_for_parts().1).unwrap_or_default();
    describe_responses(&mut document);
    flatten_settings(&mut document);
    document
});

/// The whole description.
pub fn document() -> &'static Value {
    &DOCUMENT
}

pub(crate) async fn serve() -> Json<&'static Value> {
    Json(document())
}

/// What every operation has in common is said once, here.
fn describe_responses(document: &mut Value) {
    let paths = document["paths"].as_object_mut().into_iter().flat_map(Map::values_mut);
    for operation in paths.filter_map(Value::as_object_mut).flat_map(Map::values_mut) {
        let Some(responses) = operation["responses"].as_object_mut() else { continue };
        let mut failed = responses.get("4XX").cloned().unwrap_or_default();
        failed["description"] = json!("It failed; the problem has the request's ID to quote.");
        responses.insert("5XX".into(), failed);
        for (status, response) in responses {
            let description = match status.as_str() {
                "201" => "It was made.",
                "204" => "It is gone.",
                "4XX" => "It was refused; the problem says why, and what to do.",
                _ => "Here it is.",
            };
            if response.get("description").is_none() {
                response["description"] = json!(description);
            }
        }
    }
}

/// Schemas that take in the settings become one object each: composed of two, neither would allow the other's fields.
fn flatten_settings(document: &mut Value) {
    let settings = document["components"]["schemas"]["Settings"]["properties"].clone();
    let Some(settings) = settings.as_object() else { return };
    let schemas = document["components"]["schemas"].as_object_mut().into_iter().flatten();
    for (name, schema) in schemas {
        let changes = name.ends_with("Changes");
        flatten(schema, settings, changes);
    }
}

/// Looks into the schema's parts as well: pages have their items inside.
fn flatten(schema: &mut Value, settings: &Map<String, Value>, changes: bool) {
    let is_settings = |part: &Value| part["$ref"] == "#/components/schemas/Settings";
    let parts = schema.get("allOf").and_then(Value::as_array).filter(|parts| parts.iter().any(is_settings)).cloned();
    let Some(parts) = parts else {
        match schema {
            Value::Object(fields) => fields.values_mut().for_each(|part| flatten(part, settings, changes)),
            Value::Array(items) => items.iter_mut().for_each(|part| flatten(part, settings, changes)),
            _ => {}
        }
        return;
    };
    let mut properties = settings.clone();
    if changes {
        // In a change, `null` clears a setting.
        properties.values_mut().for_each(|property| *property = json!({"anyOf": [property.take(), {"type": "null"}]}));
    }
    let mut flat = json!({"type": "object"});
    if let Some(description) = schema.get("description") {
        flat["description"] = description.clone();
    }
    for part in parts.iter().filter(|part| !is_settings(part)) {
        properties.extend(part["properties"].as_object().cloned().unwrap_or_default());
        if let Some(required) = part.get("required") {
            flat["required"] = required.clone();
        }
    }
    flat["properties"] = properties.into();
    if changes {
        flat["additionalProperties"] = json!(false);
    }
    *schema = flat;
}
