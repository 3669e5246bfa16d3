"""The documents as a script, a template and Terraform: run, created and read by tools that nobody here wrote."""

import ast
import itertools
import json
import shutil
import subprocess
import sys
import urllib.parse
from pathlib import Path

import boto3
import hcl2
import pytest
from botocore.exceptions import ClientError
from moto import mock_aws

import byob
import raw_http
from documents import ACCESS, HOSTILE, TEMPLATE_URL, Service, all_permitted, allowed, bucket_scope, run
from sandbox import Credentials

KEY = "arn:aws:kms:us-east-1:222222222222:key/1234abcd-12ab-34cd-56ef-1234567890ab"
SCOPES = {
    "bucket": bucket_scope("images"),
    "prefix": bucket_scope("images", "team/a"),
    "several": all_permitted("images", "videos.example"),
    "any": all_permitted(),
}
# Every access alone, every pair, and all of them.
ACCESSES = [list(access) for size in (1, 2, 6) for access in itertools.combinations(ACCESS, size)]
CASES = [(scope, access) for scope in SCOPES.values() for access in ACCESSES] + [
    (bucket_scope("images", prefix), ACCESS) for prefix in HOSTILE
]


@pytest.fixture(scope="module")
def service(tmp_path_factory, sandbox):
    service = Service(tmp_path_factory.mktemp("documents"), sandbox)
    yield service
    service.stop()


@pytest.fixture(scope="module")
def rendered(service):
    """The documents of all cases."""
    fields = {"kms_key_arns": [KEY], "requester_pays": True}
    return [service.documents(scope, access, **fields)[0] for scope, access in CASES]


def make_bucket(sandbox, *folders):
    """A bucket with versions, and in each folder what `allowed` tries."""
    bucket = sandbox.customer.make_bucket()
    s3 = sandbox.customer.s3
    s3.put_bucket_versioning(Bucket=bucket, VersioningConfiguration={"Status": "Enabled"})
    versions = {
        key: s3.put_object(Bucket=bucket, Key=key, Body=key.encode())["VersionId"]
        for folder in folders
        for key in (folder + "k", folder + "spare")
    }
    return bucket, versions.__getitem__


def run_twice(documents, directory, sandbox, *options):
    """What the script says is the role, both times."""
    first, second = (run(documents["aws_cli"], directory, sandbox, *options) for _ in range(2))
    assert (first.returncode, second.returncode) == (0, 0), first.stderr + second.stderr
    assert first.stdout == second.stdout and first.stdout.count("\n") == 1, first.stdout
    return first.stdout.strip()


def session(service, role_arn, external_id):
    return service.platform.assume(role_arn, ExternalId=external_id).client("s3")


def code_of(call, **arguments):
    with pytest.raises(ClientError) as raised:
        call(**arguments)
    return raised.value.response["Error"]["Code"]


# ---- every combination ----

COMBINATIONS = [list(access) for size in range(1, 7) for access in itertools.combinations(ACCESS, size)]


@pytest.mark.parametrize("size", range(1, 7))
def test_every_combination_of_access_allows_exactly_what_it_declares(service, sandbox, size):
    """Each with a role made of its documents: below a prefix, and on a whole bucket."""
    for access in (access for access in COMBINATIONS if len(access) == size):
        for prefix, inside, outside in (("team", "team/", "team2/"), (None, "", None)):
            bucket, versions = make_bucket(sandbox, *(folder for folder in (inside, outside) if folder is not None))
            documents, external_id = service.documents(bucket_scope(bucket, prefix), access)
            policies = (json.dumps(documents[name]) for name in ("trust_policy", "access_policy"))
            role = sandbox.customer.make_role(*policies)["Arn"]

            s3 = session(service, role, external_id)

            assert allowed(s3, bucket, inside, versions) == access, (access, prefix)
            if outside is not None:
                assert allowed(s3, bucket, outside, versions) == [], (access, prefix)


# ---- the script ----


@pytest.mark.parametrize("access", [["list", "read"], ["read_versions", "write"], ACCESS], ids="+".join)
@pytest.mark.parametrize("prefix", [None, "team"])
def test_the_script_as_it_is_ends_with_a_passing_check(service, sandbox, tmp_path, access, prefix):
    bucket, _ = make_bucket(sandbox, "team/")
    draft = service.draft(bucket_scope(bucket, prefix), access)
    path = f"/drafts/{draft['id']}"

    role_arn = run_twice(service.organization.get(f"{path}/documents"), tmp_path, sandbox)
    service.organization.patch(path, {"authentication": {"type": "role", "role_arn": role_arn}})
    report = service.organization.post(f"{path}/check", {}, 200)

    failed = [(step["name"], step["detail"]) for step in report["steps"] if step["outcome"] not in ("passed", "skipped")]
    assert not failed
    assert (report["outcome"], report["health"], report["external_id"]) == ("passed", "healthy", "proven")


@pytest.mark.parametrize("access", [*([one] for one in ACCESS), ["list", "read"], ACCESS], ids="+".join)
def test_a_role_made_by_the_script_has_exactly_the_declared_access(service, sandbox, tmp_path, access):
    bucket, versions = make_bucket(sandbox, "team/", "team2/")
    documents, external_id = service.documents(bucket_scope(bucket, "team"), access)

    role_arn = run_twice(documents, tmp_path, sandbox, "--without-cors")

    s3 = session(service, role_arn, external_id)
    assert allowed(s3, bucket, "team/", versions) == access
    assert allowed(s3, bucket, "team2/", versions) == []
    assert code_of(service.platform.assume, role_arn=role_arn) == "AccessDenied", "assumed without an external ID"
    wrong = {"role_arn": role_arn, "ExternalId": external_id[:-1]}
    assert code_of(service.platform.assume, **wrong) == "AccessDenied", "assumed with a wrong external ID"


@pytest.mark.parametrize("kind", ["bucket", "several", "any"])
def test_a_role_made_by_the_script_reaches_exactly_its_buckets(service, sandbox, tmp_path, kind):
    buckets = [make_bucket(sandbox, "") for _ in range(3)]
    names = [name for name, _ in buckets]
    scope, reached = {
        "bucket": (bucket_scope(names[0]), 1),
        "several": (all_permitted(*names[:2]), 2),
        "any": (all_permitted(), 3),
    }[kind]
    access = ["list", "read", "delete"]
    documents, external_id = service.documents(scope, access)

    s3 = session(service, run_twice(documents, tmp_path, sandbox), external_id)

    found = [allowed(s3, bucket, "", versions) for bucket, versions in buckets]
    assert found == [access] * reached + [[]] * (3 - reached)


@pytest.mark.parametrize("prefix", HOSTILE)
def test_no_prefix_breaks_out_of_the_script(service, sandbox, tmp_path, prefix):
    # The second folder is one that `*` and `?` would reach.
    bucket, versions = make_bucket(sandbox, f"{prefix}/", "a-b-c/")
    documents, external_id = service.documents(bucket_scope(bucket, prefix), ACCESS)

    done = run(documents["aws_cli"], tmp_path, sandbox, "--with-lifecycle")
    assert done.returncode == 0, done.stderr

    s3 = session(service, done.stdout.strip(), external_id)
    assert allowed(s3, bucket, f"{prefix}/", versions) == ACCESS
    assert allowed(s3, bucket, "a-b-c/", versions) == []
    rules = sandbox.customer.s3.get_bucket_lifecycle_configuration(Bucket=bucket)["Rules"]
    assert rules == documents["lifecycle"]["Rules"]


def test_a_change_reaches_the_role_and_a_role_that_is_there_is_kept(service, sandbox, tmp_path):
    bucket, versions = make_bucket(sandbox, "")
    draft = service.draft(bucket_scope(bucket), ["read"])
    path = f"/drafts/{draft['id']}"
    role_arn = run_twice(service.organization.get(f"{path}/documents"), tmp_path, sandbox)
    changes = {"access": ["list", "read"], "session_duration": 7200}
    changes["authentication"] = {"type": "role", "role_arn": role_arn}
    service.organization.patch(path, changes)

    assert run_twice(service.organization.get(f"{path}/documents"), tmp_path, sandbox) == role_arn

    longer = {"ExternalId": draft["external_id"], "DurationSeconds": 7200}
    s3 = service.platform.assume(role_arn, **longer).client("s3")
    assert allowed(s3, bucket, "", versions) == ["list", "read"]


def test_the_script_leads_to_a_url_that_loads(service, sandbox, tmp_path):
    bucket, _ = make_bucket(sandbox, "team/")
    draft = service.draft(bucket_scope(bucket, "team"), ["read"])
    path = f"/drafts/{draft['id']}"
    role_arn = run_twice(service.organization.get(f"{path}/documents"), tmp_path, sandbox)
    service.organization.patch(path, {"authentication": {"type": "role", "role_arn": role_arn}})
    service.organization.post("/integrations", {"draft_id": draft["id"]})

    answer = raw_http.load(service.organization.url(f"s3://{bucket}/team/k"))

    assert (answer.status, answer.body) == (200, b"team/k")


def test_cors_rules_of_the_customer_stay_and_are_kept_in_a_file(service, sandbox, tmp_path):
    bucket, _ = make_bucket(sandbox)
    theirs = {"AllowedMethods": ["GET"], "AllowedOrigins": ["https://acme.example"]}
    s3 = sandbox.customer.s3
    s3.put_bucket_cors(Bucket=bucket, CORSConfiguration={"CORSRules": [theirs]})
    documents, _ = service.documents(bucket_scope(bucket), ["read"])

    run_twice(documents, tmp_path, sandbox)

    assert s3.get_bucket_cors(Bucket=bucket)["CORSRules"] == documents["cors"]["CORSRules"] + [theirs]
    (backup,) = tmp_path.glob("cors-of-*.json")
    assert json.loads(backup.read_text()) == {"CORSRules": [theirs]}

    writing, _ = service.documents(bucket_scope(bucket, "other"), ["read", "write"])
    run_twice(writing, tmp_path, sandbox)
    both = writing["cors"]["CORSRules"] + documents["cors"]["CORSRules"]
    assert s3.get_bucket_cors(Bucket=bucket)["CORSRules"] == both + [theirs], "another connection's rule stays as well"
    run_twice(documents, tmp_path, sandbox)
    assert s3.get_bucket_cors(Bucket=bucket)["CORSRules"] == both + [theirs], "and reading takes nothing from writing"


def test_cors_is_set_where_there_is_none_and_left_alone_if_told_so(service, sandbox, tmp_path):
    bucket, _ = make_bucket(sandbox)
    documents, _ = service.documents(bucket_scope(bucket), ["read"])
    s3 = sandbox.customer.s3

    run_twice(documents, tmp_path, sandbox, "--without-cors")
    assert code_of(s3.get_bucket_cors, Bucket=bucket) == "NoSuchCORSConfiguration"

    run_twice(documents, tmp_path, sandbox)
    assert s3.get_bucket_cors(Bucket=bucket)["CORSRules"] == documents["cors"]["CORSRules"]
    assert not list(tmp_path.glob("cors-of-*.json"))


def test_lifecycle_rules_of_the_customer_are_not_touched(service, sandbox, tmp_path):
    bucket, _ = make_bucket(sandbox)
    theirs = {"ID": "logs", "Status": "Enabled", "Filter": {"Prefix": "logs/"}, "Expiration": {"Days": 30}}
    s3 = sandbox.customer.s3
    s3.put_bucket_lifecycle_configuration(Bucket=bucket, LifecycleConfiguration={"Rules": [theirs]})
    documents, _ = service.documents(bucket_scope(bucket), ["write"])

    done = run(documents["aws_cli"], tmp_path, sandbox, "--with-lifecycle")

    assert done.returncode == 1 and done.stdout == "" and "byob-temp" in done.stderr
    assert s3.get_bucket_lifecycle_configuration(Bucket=bucket)["Rules"] == [theirs]


def test_lifecycle_rules_of_another_connection_of_the_bucket_are_not_touched(service, sandbox, tmp_path):
    bucket, _ = make_bucket(sandbox)
    s3 = sandbox.customer.s3
    first, _ = service.documents(bucket_scope(bucket, "team-a"), ["write"])
    second, _ = service.documents(bucket_scope(bucket, "team-b"), ["write"])
    run_twice(first, tmp_path, sandbox, "--with-lifecycle")
    theirs = s3.get_bucket_lifecycle_configuration(Bucket=bucket)["Rules"]

    done = run(second["aws_cli"], tmp_path, sandbox, "--with-lifecycle")

    assert done.returncode == 1 and "Add these to them" in done.stderr and "team-b/temp/" in done.stderr
    assert s3.get_bucket_lifecycle_configuration(Bucket=bucket)["Rules"] == theirs


def test_what_aws_refuses_ends_the_script_and_is_shown(service, sandbox, tmp_path):
    documents, _ = service.documents(bucket_scope("nobodys-bucket"), ["read"])
    missing = run(documents["aws_cli"], tmp_path, sandbox)
    assert missing.returncode == 1 and missing.stdout == "" and "NoSuchBucket" in missing.stderr

    option = run(documents["aws_cli"], tmp_path, sandbox, "--with-lifecycle")
    assert option.returncode == 1 and "--with-lifecycle" in option.stderr, "there is none for reading"

    nobody = sandbox.customer.make_user()
    customer = sandbox.customer.credentials
    sandbox.customer.credentials = Credentials(nobody.credentials.access_key_id, nobody.credentials.secret_access_key)
    try:
        refused = run(documents["aws_cli"], tmp_path, sandbox)
    finally:
        sandbox.customer.credentials = customer
    assert refused.returncode == 1 and refused.stdout == "" and "AccessDenied" in refused.stderr


# ---- the template ----


def test_templates_pass_cfn_lint(rendered, tmp_path):
    for number, documents in enumerate(rendered):
        (tmp_path / f"{number}.json").write_text(json.dumps(documents["cloudformation"]))
    linter = Path(sys.executable).parent / "cfn-lint"
    done = subprocess.run([linter, "--template", *sorted(tmp_path.glob("*.json"))], capture_output=True, text=True)
    assert done.returncode == 0, done.stdout + done.stderr


def test_stacks_of_the_templates_make_the_role(rendered):
    with mock_aws():
        identity = {"region_name": "us-east-1", "aws_access_key_id": "AK", "aws_secret_access_key": "SK"}
        stacks, iam = (boto3.client(service, **identity) for service in ("cloudformation", "iam"))
        for number, documents in enumerate(rendered):
            stack = {"StackName": f"byob-{number}", "TemplateBody": json.dumps(documents["cloudformation"])}
            stacks.create_stack(**stack, Capabilities=["CAPABILITY_NAMED_IAM"])
            (made,) = stacks.describe_stacks(StackName=stack["StackName"])["Stacks"]
            (output,) = made["Outputs"]
            assert (output["OutputKey"], made["StackStatus"]) == ("RoleArn", "CREATE_COMPLETE")
            name = output["OutputValue"].rpartition("/")[2]
            assert name == documents["cloudformation"]["Parameters"]["RoleName"]["Default"]
            role = iam.get_role(RoleName=name)["Role"]
            assert role["AssumeRolePolicyDocument"] == documents["trust_policy"]
            inline = iam.get_role_policy(RoleName=name, PolicyName="byob")["PolicyDocument"]
            # moto keeps an inline policy as Python prints it, unless it is a text.
            inline = ast.literal_eval(inline) if isinstance(inline, str) else inline
            assert inline == documents["access_policy"]


# ---- the quick-create link ----

AWS = {"endpoint_url": None, "region": "us-east-1"}
KEYS = [KEY, KEY.replace("1234abcd", "5678abcd")]
# Every combination of access on two kinds of scope; each access alone, and all together, on all four.
QUICK_CASES = [
    (bucket_scope("images", prefix), access, {**AWS, "kms_key_arns": keys})
    for access in COMBINATIONS
    for prefix, keys in [(None, []), ("team/a", KEYS), *([(None, KEYS), ("team/a", [])] if len(access) in (1, 6) else [])]
] + [
    (bucket_scope("images", prefix), ACCESS, {**AWS, "kms_key_arns": [KEY], "session_duration": 7200})
    for prefix in HOSTILE
    if prefix.isascii()
]


@pytest.fixture(scope="module")
def quick_template():
    command = [byob.binary(), "admin", "quick-create-template"]
    return subprocess.run(command, capture_output=True, text=True, check=True, timeout=30).stdout


def linked(url):
    """The query of the link's fragment, as a browser's `URLSearchParams` reads it."""
    page, _, fragment = url.partition("#")
    assert page == "https://us-east-1.console.aws.amazon.com/cloudformation/home?region=us-east-1"
    path, _, query = fragment.partition("?")
    assert path == "/stacks/create/review"
    said = dict(urllib.parse.parse_qsl(query, keep_blank_values=True, strict_parsing=True))
    assert said.pop("templateURL") == TEMPLATE_URL
    return said.pop("stackName"), {name.removeprefix("param_"): value for name, value in said.items()}


def without_nothing(value):
    """moto leaves `None` in a list where `AWS::NoValue` takes an item out of it."""
    if isinstance(value, dict):
        return {name: without_nothing(item) for name, item in value.items()}
    return [without_nothing(item) for item in value if item is not None] if isinstance(value, list) else value


def test_the_quick_create_template_passes_cfn_lint(quick_template, tmp_path):
    (tmp_path / "template.json").write_text(quick_template)
    linter = Path(sys.executable).parent / "cfn-lint"
    done = subprocess.run([linter, "--template", tmp_path / "template.json"], capture_output=True, text=True)
    assert done.returncode == 0, done.stdout + done.stderr


def test_quick_created_stacks_make_the_role_of_the_documents(service, quick_template):
    parameters = json.loads(quick_template)["Parameters"]
    with mock_aws():
        identity = {"region_name": "us-east-1", "aws_access_key_id": "AK", "aws_secret_access_key": "SK"}
        stacks, iam = (boto3.client(service, **identity) for service in ("cloudformation", "iam"))
        for scope, access, fields in QUICK_CASES:
            documents, _ = service.documents(scope, access, **fields)
            name, said = linked(documents["quick_create_url"])
            assert said.keys() == parameters.keys()
            stack = {"StackName": name, "TemplateBody": quick_template, "Capabilities": ["CAPABILITY_NAMED_IAM"]}
            given = [{"ParameterKey": key, "ParameterValue": value} for key, value in said.items()]

            stacks.create_stack(**stack, Parameters=given)

            (made,) = stacks.describe_stacks(StackName=name)["Stacks"]
            (output,) = made["Outputs"]
            assert (output["OutputKey"], made["StackStatus"]) == ("RoleArn", "CREATE_COMPLETE")
            role_name = output["OutputValue"].rpartition("/")[2]
            rendered = documents["cloudformation"]
            assert role_name == rendered["Parameters"]["RoleName"]["Default"]
            role = iam.get_role(RoleName=role_name)["Role"]
            assert role["AssumeRolePolicyDocument"] == documents["trust_policy"]
            duration = rendered["Resources"]["Role"]["Properties"].get("MaxSessionDuration", 3600)
            assert int(role["MaxSessionDuration"]) == duration
            inline = iam.get_role_policy(RoleName=role_name, PolicyName="byob")["PolicyDocument"]
            inline = ast.literal_eval(inline) if isinstance(inline, str) else inline
            assert without_nothing(inline) == documents["access_policy"], (scope, access, fields)


@pytest.mark.parametrize(
    ("scope", "fields"),
    [
        (all_permitted(), {}),
        (all_permitted("images", "videos"), {}),
        (bucket_scope("images", "emoji 🦀"), {}),
        (bucket_scope("images", "{{resolve:ssm:secret}}"), {}),
        (bucket_scope("images"), {"kms_key_arns": [KEY, KEY.replace("us-east-1", "eu-west-1")]}),
        (bucket_scope("images"), {"endpoint_url": "https://s3.example.com"}),
        (bucket_scope("images"), {"region": None}),
        (None, {}),
    ],
)
def test_what_the_quick_create_template_cannot_say_has_no_link(service, scope, fields):
    documents, _ = service.documents(scope, ["read"], **{**AWS, **fields})
    assert documents["quick_create_url"] is None


# ---- Terraform ----


def terraform_resources(text):
    """Type of resource to its attributes, as they are written."""
    blocks = hcl2.loads(text)["resource"]
    return {kind.strip('"'): body['"byob"'] for block in blocks for kind, body in block.items()}


def heredoc(value):
    """The JSON of a here-document, as Terraform reads it."""
    first, *lines, last = value.strip('"').split("\n")
    assert (first, last.strip()) == ("<<-JSON", "JSON")
    return json.loads("\n".join(lines).replace("$${", "${").replace("%%{", "%{"))


def test_terraform_files_hold_the_documents(rendered):
    for documents in rendered:
        resources = terraform_resources(documents["terraform"])
        trust = resources["aws_iam_role"]["assume_role_policy"]
        assert heredoc(trust) == documents["trust_policy"]
        assert heredoc(resources["aws_iam_role_policy"]["policy"]) == documents["access_policy"]


# Terraform itself is asked where it is. It is not free software, and so neither in Debian nor asked for.
TERRAFORM = shutil.which("terraform")


def test_terraform_formats_the_files_as_they_are(rendered):
    for documents in rendered if TERRAFORM else []:
        command = [TERRAFORM, "fmt", "-check", "-diff", "-"]
        done = subprocess.run(command, input=documents["terraform"], capture_output=True, text=True)
        assert done.returncode == 0, done.stdout + done.stderr


def test_terraform_reads_the_files_as_they_are_meant(rendered, tmp_path):
    """Its own evaluation of every text that holds something of a user's, without the provider, which is not at hand."""
    if not TERRAFORM:
        return
    texts, meant = [], []
    for documents in rendered:
        resources = terraform_resources(documents["terraform"])
        policy = resources["aws_iam_role_policy"]["policy"].removeprefix('"').removesuffix('"')
        texts.append(f"[jsondecode({policy}\n), {prefixes(resources)}]")
        rules = documents["lifecycle"]["Rules"] if "aws_s3_bucket_lifecycle_configuration" in resources else []
        meant.append([documents["access_policy"], [rule["Filter"]["Prefix"] for rule in rules]])
    (tmp_path / "main.tf").write_text(f"locals {{\n  all = [{', '.join(texts)}]\n}}\n")

    command = [TERRAFORM, f"-chdir={tmp_path}", "console"]
    done = subprocess.run(command, input="jsonencode(local.all)\n", capture_output=True, text=True)

    assert json.loads(json.loads(done.stdout)) == meant, done.stderr


def prefixes(resources):
    """The prefixes of the lifecycle rules, as an expression."""
    rules = resources.get("aws_s3_bucket_lifecycle_configuration", {"rule": []})["rule"]
    return f"[{', '.join(rule['filter'][0]['prefix'] for rule in rules)}]"
