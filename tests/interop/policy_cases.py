"""Questions about IAM decisions: thousands of them, always the same, drawn from small sets in which things often coincide."""

import random

OURS, OTHER = "111122223333", "444455556666"
USER = f"arn:aws:iam::{OURS}:user/ana"
BOB = f"arn:aws:iam::{OURS}:user/bob"
ROLE = f"arn:aws:iam::{OURS}:role/reader"
SESSION = f"arn:aws:sts::{OURS}:assumed-role/reader/one"
FEDERATED = f"arn:aws:sts::{OURS}:federated-user/ana"
ROOT = f"arn:aws:iam::{OURS}:root"
SERVICE = "cloudtrail.amazonaws.com"
STRANGER = f"arn:aws:iam::{OTHER}:user/eve"

OBJECT = "arn:aws:s3:::bucket/home/ana/cat.png"
KEY = f"arn:aws:kms:eu-west-1:{OURS}:key/1234abcd-12ab-34cd-56ef-1234567890ab"


def policy(*statements, version="2012-10-17"):
    return {**({"Version": version} if version else {}), "Statement": list(statements)}


def statement(effect="Allow", action="s3:GetObject", resource="*", **more):
    """A value of None leaves the element out."""
    elements = {"Effect": effect, "Action": action, "Resource": resource, **more}
    return {name: value for name, value in elements.items() if value is not None}


def question(**changes):
    return {
        "principal": USER,
        "action": "s3:GetObject",
        "resource": OBJECT,
        "resource_account": OURS,
        "context": {},
        "identity_policies": [],
        "resource_policy": None,
        "session_policy": None,
        "permission_boundary": None,
        **changes,
    }


# What a key can hold in a request, and what policies compare it with. The keys exist for every action.
STRINGS = ["ana", "Ana", "home/ana/cat.png", "home/", "a*a", "a?a", "x"]
PATTERNS = [
    "ana", "ANA", "a*", "*", "?na", "a??", "home/*", "home/*/*.png", "a*a", "x",
    "${aws:PrincipalTag/who}", "home/${aws:PrincipalTag/who}/*", "${aws:PrincipalTag/none, 'ana'}", "${aws:principaltag/WHO}",
]  # fmt: skip
ARNS = [
    f"arn:aws:sns:eu-west-1:{OURS}:topic",
    f"arn:aws:sns:eu-west-1:{OURS}:topic:sub",
    f"arn:aws:sns:us-east-2:{OTHER}:store/abc:{OURS}:topic",
    f"arn:aws:iam::{OURS}:role/a/reader",
    "arn:aws:s3:::bucket",
]
ARN_PATTERNS = [
    *ARNS,
    f"arn:aws:sns:*:{OURS}:topic",
    "arn:aws:sns:*:*:*",
    "arn:aws:sns:eu-*-1:*:top?c",
    f"arn:*:iam::{OURS}:role/*",
    f"arn:aws:*:*:{OURS}:*",
    "arn:aws:s3:::buck??",
    "arn:aws:s3:::${aws:PrincipalTag/bucket}",
]
NUMBERS, DATES = ["0", "9", "10", "10.5", "-3"], ["2024-01-01T00:00:00Z", "2024-06-01T12:00:00Z", "2025-01-01T00:00:00+00:00"]
ADDRESSES = ["203.0.113.7", "198.51.100.1", "2001:db8::7"]
RANGES = ["203.0.113.0/24", "203.0.113.7", "203.0.113.7/32", "0.0.0.0/0", "2001:DB8::/32", "2001:db8::7", "198.51.100.0/30"]
BYTES = ["QmluYXJ5VmFsdWVJbkJhc2U2NA==", "YW5h", "eA=="]

ORDERS = ["Equals", "NotEquals", "LessThan", "LessThanEquals", "GreaterThan", "GreaterThanEquals"]
STRING_OPERATORS = [f"String{name}" for name in ["Equals", "NotEquals", "EqualsIgnoreCase", "NotEqualsIgnoreCase", "Like", "NotLike"]]
ARN_OPERATORS = [f"Arn{name}" for name in ["Equals", "NotEquals", "Like", "NotLike"]]
# Operators, the key they are used with, what it can hold, and what it is compared with.
KINDS = [
    (STRING_OPERATORS, "aws:PrincipalTag/team", STRINGS, PATTERNS),
    (STRING_OPERATORS, "aws:RequestTag/team", STRINGS, PATTERNS),
    ([f"Numeric{name}" for name in ORDERS], "aws:MultiFactorAuthAge", NUMBERS, NUMBERS),
    ([f"Date{name}" for name in ORDERS], "aws:CurrentTime", DATES, DATES),
    (["Bool"], "aws:SecureTransport", ["true", "false"], ["true", "false", True, False]),
    (["BinaryEquals"], "aws:PrincipalTag/bytes", BYTES, BYTES),
    (["IpAddress", "NotIpAddress"], "aws:SourceIp", ADDRESSES, RANGES),
    (ARN_OPERATORS, "aws:SourceArn", ARNS, ARN_PATTERNS),
    (["Null"], "aws:PrincipalTag/team", STRINGS, ["true", "false", True, False]),
]
SET_KINDS = [
    (STRING_OPERATORS, "aws:TagKeys", STRINGS, PATTERNS),
    (STRING_OPERATORS, "aws:PrincipalOrgPaths", STRINGS, PATTERNS),
]


def other_case(random, text):
    """Names of keys are not case-sensitive."""
    return random.choice([text, text, text.upper(), text.lower()])


def condition(random, context):
    """A condition, and perhaps the key in the request that it asks for."""
    is_set = random.random() < 0.35
    operators, key, held, compared = random.choice(SET_KINDS if is_set else KINDS)
    operator = random.choice(operators)
    if is_set:
        operator = random.choice(["ForAllValues:", "ForAnyValue:"]) + operator
        context.setdefault(key, random.sample(held, random.randint(0, 3)))
        if not context[key] or random.random() < 0.2:
            del context[key]
    elif random.random() < 0.75:
        context.setdefault(key, random.choice(held))
    if operator != "Null" and random.random() < 0.25:
        operator += "IfExists"
    values = random.sample(compared, random.randint(1, 3))
    return operator, other_case(random, key), values[0] if len(values) == 1 and random.random() < 0.7 else values


def condition_question(random):
    """What a policy's conditions say about what is known of a request."""
    context = {}
    if random.random() < 0.8:
        context["aws:PrincipalTag/who"] = random.choice(["ana", "x", "*", "a*a"])
    if random.random() < 0.8:
        context["aws:PrincipalTag/bucket"] = random.choice(["bucket", "*"])
    block = {}
    for _ in range(random.choice([1, 1, 1, 2, 3])):
        operator, key, values = condition(random, context)
        keys = block.setdefault(operator, {})
        if key.lower() not in {other.lower() for other in keys}:
            keys[key] = values
    version = random.choice(["2012-10-17"] * 5 + ["2008-10-17", None])
    effect = random.choice(["Allow", "Allow", "Deny"])
    statements = [statement(effect, Condition=block)]
    if effect == "Deny":
        statements.insert(random.randint(0, 1), statement())
    return question(context=context, identity_policies=[policy(*statements, version=version)])


ACTIONS = ["*", "s3:*", "s3:Get*", "S3:GETOBJECT", "s3:*Object", "s3:Get?bject", "s3:PutObject", "s3:GetObjectAcl", "ec2:*"]
RESOURCES = [
    "*", "arn:aws:s3:::*", "arn:aws:s3:::bucket/*", "arn:aws:s3:::bucket", "arn:aws:s3:::bucket/home/*/cat.png",
    "arn:aws:s3:::bucket/home/ana/cat.???", "arn:aws:s3:::Bucket/*", "arn:aws:s3:::buck*", "arn:*:s3:::bucket/home/*", "arn:aws:s3:*",
    "arn:aws:s3:*:*:bucket/*", "arn:aws:s3:::bucket/home/${aws:PrincipalTag/who}/*", "arn:aws:s3:::bucket/${aws:PrincipalTag/none, 'home'}/*",
    "arn:aws:sqs:eu-west-1:111122223333:queue",
]  # fmt: skip
OBJECTS = [OBJECT, "arn:aws:s3:::bucket/home/ana/", "arn:aws:s3:::bucket/a:b:c", "arn:aws:s3:::bucket/home//cat.png"]


def some(random, values):
    """One value, or a list of a few."""
    several = random.sample(values, random.randint(1, 3))
    return several if len(several) > 1 or random.random() < 0.3 else several[0]


def pattern_statement(random, effect):
    action = random.choice(["Action", "Action", "Action", "NotAction"])
    # A `NotResource` with a variable without value is among the disagreements.
    resource = random.choice(["Resource", "Resource", "Resource", "NotResource"])
    resources = RESOURCES if resource == "Resource" else [one for one in RESOURCES if "$" not in one]
    return {"Effect": effect, action: some(random, ACTIONS), resource: some(random, resources)}


def pattern_question(random):
    """Which statements are about a request."""
    statements = [pattern_statement(random, random.choice(["Allow", "Allow", "Deny"])) for _ in range(random.randint(1, 3))]
    policies = [policy(one, version=random.choice(["2012-10-17", "2012-10-17", "2008-10-17", None])) for one in statements]
    if random.random() < 0.5:
        policies = [policy(*statements)]
    context = {"aws:PrincipalTag/who": random.choice(["ana", "*", "x"])} if random.random() < 0.8 else {}
    return question(
        action=random.choice(["s3:GetObject", "s3:GetObject", "s3:PutObject", "s3:getobject"]),
        resource=random.choice(OBJECTS),
        context=context,
        identity_policies=policies,
    )


TARGETS = [("s3:GetObject", OBJECT, "s3:*"), ("sts:AssumeRole", f"arn:aws:iam::{OURS}:role/target", "sts:AssumeRole"), ("kms:Decrypt", KEY, "kms:*")]
PRINCIPALS = [USER, BOB, ROLE, SESSION, FEDERATED, ROOT, OURS, OTHER, STRANGER, "*"]


def limit(random, action):
    """A policy that may or may not allow an action."""
    allowed = random.choice(["*", action, action, "ec2:*"])
    statements = [statement(action=allowed)]
    if random.random() < 0.1:
        statements.append(statement("Deny", action=action))
    return policy(*statements)


def principal(random):
    kind = random.random()
    if kind < 0.1:
        return "*"
    if kind < 0.2:
        return {"Service": random.choice([SERVICE, "ec2.amazonaws.com"])}
    return {"AWS": some(random, PRINCIPALS)}


def decision_question(random):
    """What all policies together say, in one account and between two."""
    action, resource, granted = random.choice([TARGETS[0], *TARGETS])
    caller = random.choice([USER, USER, SESSION, SESSION, ROLE, FEDERATED, ROOT, SERVICE, STRANGER, None])
    asked = question(principal=caller, action=action, resource=resource, resource_account=random.choice([OURS, OURS, OTHER]))
    if asked["resource_account"] != OURS:
        asked["resource"] = resource.replace(OURS, OTHER)
    # The oracle takes policies only for whom they can be attached to.
    is_identity = caller not in (SERVICE, None)
    if is_identity and random.random() < 0.7:
        asked["identity_policies"] = [limit(random, action) for _ in range(random.randint(1, 2))]
    if is_identity and random.random() < 0.3:
        asked["permission_boundary"] = limit(random, action)
    if caller in (SESSION, FEDERATED) and random.random() < 0.5:
        asked["session_policy"] = limit(random, action)
    if random.random() < 0.75:
        about = None if action.startswith("sts:") else "*"
        statements = [statement("Allow", granted, about, Principal=principal(random))]
        if random.random() < 0.2:
            statements.append(statement("Deny", granted, about, Principal=principal(random)))
        if about and random.random() < 0.15:
            but = {"AWS": random.sample([USER, BOB, ROLE, SESSION, ROOT, STRANGER], random.randint(1, 3))}
            statements.append(statement("Deny", granted, about, NotPrincipal=but))
        asked["resource_policy"] = policy(*statements)
    return asked


def questions(kind, count, seed):
    """The same questions for the same seed, each only once."""
    source, drawn = random.Random(seed), {}
    while len(drawn) < count:
        one = kind(source)
        drawn.setdefault(repr(one), one)
    return list(drawn.values())
