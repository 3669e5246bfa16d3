"""The API's description: valid by somebody else's judgement, and true of what the service answers."""

import json
from pathlib import Path

import pytest
from jsonschema import Draft202012Validator
from openapi_spec_validator import validate

DOCUMENT = json.loads((Path(__file__).parents[2] / "docs/reference/openapi.json").read_text())


def conforms(answer, schema):
    resolvable = {"$ref": f"#/components/schemas/{schema}", "components": DOCUMENT["components"]}
    Draft202012Validator(resolvable).validate(answer)


def test_the_description_is_valid():
    validate(DOCUMENT)


def test_answers_are_as_described(organization, customer):
    bucket = customer.make_bucket(["a/k"])
    draft = organization.post("/drafts", customer.draft(bucket, name="Described"))
    conforms(draft, "DraftView")
    conforms(organization.get("/drafts"), "Page_DraftView")
    conforms(organization.get(f"/drafts/{draft['id']}/documents"), "DocumentsView")
    connection = customer.connect(organization, bucket)
    conforms(organization.get(f"/integrations/{connection.integration_id}"), "IntegrationView")
    conforms(organization.get("/integrations"), "Page_IntegrationView")
    conforms(organization.get(f"/integrations/{connection.integration_id}/objects?delimiter=/"), "ListResponse")
    results = organization.resolve(f"s3://{bucket}/a/k", "s3://nobody/k")
    conforms({"results": results}, "ResolveResponse")
    conforms(organization.post("/tokens", {"name": "Described", "role": "viewer"}), "NewTokenView")
    conforms(organization.get("/tokens"), "Page_Token")
    conforms(organization.call("GET", "/drafts/nothing").json(), "Problem")
    conforms(organization.call("POST", "/drafts", {"region": "nowhere"}).json(), "Problem")


@pytest.mark.parametrize("changes", [{"enabled": False}, {"endpoint_url": None, "name": "New"}, {"access": ["read"]}])
def test_changes_that_the_service_takes_are_described(changes):
    conforms(changes, "IntegrationChanges")


def test_a_secret_can_be_sent_as_described():
    conforms({"type": "access_key", "access_key_id": "AK", "secret_access_key": "SK"}, "Authentication")
