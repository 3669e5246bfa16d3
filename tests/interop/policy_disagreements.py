"""Where `byob policy evaluate` and the oracle differ: what AWS documents, and one question that shows it.

`ours` and `theirs` are tested, so that nothing here outlives its reason. `covers` tells which of the generated questions may be
answered differently for this reason; a difference that nothing here covers fails.
"""

from collections.abc import Callable
from dataclasses import dataclass

from policy_cases import (
    BOB, FEDERATED, OURS, ROLE, ROOT, SESSION, USER, policy, question, statement,
)  # fmt: skip

GUIDE = "https://docs.aws.amazon.com/IAM/latest/UserGuide/"
ALLOW = policy(statement(action="*"))


@dataclass
class Disagreement:
    argument: str
    source: str
    example: dict
    ours: str
    theirs: str
    covers: Callable[[dict], bool] = lambda asked: False


def when(operator, key, value, context, **more):
    return question(identity_policies=[policy(statement(Condition={operator: {key: value}}), **more)], context=context)


def granting(principal):
    return policy(statement(Principal=principal))


def statements(asked, effect):
    found = asked["resource_policy"] or {"Statement": []}
    return [one for one in found["Statement"] if one["Effect"] == effect]


def names(one, *principals):
    """Whether a statement names one of these under `AWS`, or everybody."""
    principal = one.get("Principal", {})
    if principal == "*":
        return True
    named = principal.get("AWS", [])
    named = [named] if isinstance(named, str) else named
    return any(one in named for one in principals)


def conditions(asked):
    for attached in asked["identity_policies"]:
        for one in attached["Statement"]:
            for operator, keys in one.get("Condition", {}).items():
                for key, values in keys.items():
                    yield attached, operator, key, values if isinstance(values, list) else [values]


def uses(operator, value=None):
    """Whether an operator is used whose name has this in it, and is compared with this value."""
    return lambda asked: any(
        operator in used and (value is None or value in values) for _, used, _, values in conditions(asked)
    )


def has_unresolved_negation(asked):
    context = {key.lower() for key in asked["context"]}
    for attached, operator, _, values in conditions(asked):
        for value in values:
            missing = isinstance(value, str) and any(
                f"${{{key}".lower() in value.lower() and key.lower() not in context
                for key in ("aws:PrincipalTag/who", "aws:PrincipalTag/bucket")
            )
            if missing and "Not" in operator and attached.get("Version") == "2012-10-17":
                return True
    return False


DISAGREEMENTS = {
    "negated operators match a variable without a value": Disagreement(
        "A variable without a value is as good as null. The page says of inverted operators that they match then, because what they "
        "test is not equal to null, and shows a Deny that takes effect when the tag is not set.",
        GUIDE + "reference_policies_variables.html#policy-vars-no-value",
        when("StringNotEquals", "aws:PrincipalTag/team", "${aws:PrincipalTag/none}", {"aws:PrincipalTag/team": "x"}),
        "allowed",
        "implicitly_denied",
        has_unresolved_negation,
    ),
    "a NotResource whose variable has no value names no resource": Disagreement(
        "The pattern matches no resource, in `NotResource` as in `Resource`. So there is no resource that the statement leaves out.",
        GUIDE + "reference_policies_variables.html#policy-vars-no-value",
        question(identity_policies=[policy(statement(resource=None, NotResource="arn:aws:s3:::${aws:PrincipalTag/none}/*"))]),
        "allowed",
        "implicitly_denied",
    ),
    "escapes stand for themselves in every string operator": Disagreement(
        "`${*}` can stand wherever a variable can, and variables can stand in all string operators: `StringEquals` compares with `a*`.",
        GUIDE + "reference_policies_variables.html#policy-vars-specialchars",
        when("StringEquals", "aws:PrincipalTag/team", "a${*}", {"aws:PrincipalTag/team": "a*"}),
        "allowed",
        "implicitly_denied",
    ),
    "the older language knows no variables, with a default or without": Disagreement(
        "Variables came with version 2012-10-17. In the older language they are literal text; the oracle puts in the default.",
        GUIDE + "reference_policies_elements_version.html",
        question(identity_policies=[policy(statement(resource="arn:aws:s3:::${aws:PrincipalTag/none, 'bucket'}/*"), version=None)]),
        "implicitly_denied",
        "allowed",
        lambda asked: any("', " in repr(one) or "none, '" in repr(one) for one in asked["identity_policies"])
        and any(one.get("Version") != "2012-10-17" for one in asked["identity_policies"]),
    ),
    "Bool takes no variables": Disagreement(
        "The page of variables allows them in string and ARN operators only, and names Boolean among those that take none; Access "
        "Analyzer calls it an error. (The page of operators has one word that says otherwise.)",
        GUIDE + "reference_policies_variables.html#policy-vars-conditionelement",
        when("Bool", "aws:SecureTransport", "${aws:PrincipalTag/b}", {"aws:SecureTransport": "true", "aws:PrincipalTag/b": "true"}),
        "implicitly_denied",
        "allowed",
    ),
    "an empty string is an empty set for ForAllValues": Disagreement(
        "The page says that `ForAllValues` holds if the key resolves to a null data set, such as an empty string.",
        GUIDE + "reference_policies_elements_condition_operators.html#Conditions_ARN",
        when("ForAllValues:StringEquals", "aws:TagKeys", "a", {"aws:TagKeys": [""]}),
        "allowed",
        "implicitly_denied",
    ),
    "an empty string is an empty set for ForAnyValue": Disagreement(
        "The same null data set, of which no member can match.",
        GUIDE + "reference_policies_elements_condition_operators.html#Conditions_ARN",
        when("ForAnyValue:StringEquals", "aws:TagKeys", "", {"aws:TagKeys": [""]}),
        "implicitly_denied",
        "allowed",
    ),
    "a key without values is null": Disagreement(
        "`Null` with `false` asks that the key exists and that its value is not null, and is recommended against empty values.",
        GUIDE + "reference_policies_elements_condition_operators.html#Conditions_Null",
        when("Null", "aws:TagKeys", "true", {"aws:TagKeys": []}),
        "allowed",
        "implicitly_denied",
    ),
    "a value that cannot be compared is not equal": Disagreement(
        "A negated operator is the NOR of its comparisons: it holds if none of them does.",
        GUIDE + "reference_policies_condition-logic-multiple-context-keys-or-values.html",
        when("NotIpAddress", "aws:SourceIp", "203.0.113.0/24", {"aws:SourceIp": "unknown"}),
        "allowed",
        "implicitly_denied",
    ),
    "every address is in the range of all": Disagreement(
        "A range is in CIDR format, in which a prefix of no bits holds all addresses. (The oracle seems to shift by 32 bits.)",
        GUIDE + "reference_policies_elements_condition_operators.html#Conditions_IPAddress",
        when("IpAddress", "aws:SourceIp", "0.0.0.0/0", {"aws:SourceIp": "203.0.113.7"}),
        "allowed",
        "implicitly_denied",
        uses("IpAddress", "0.0.0.0/0"),
    ),
    "an address is not one of the other family": Disagreement(
        "`NotIpAddress` holds for all addresses except the one that is named, and so for those of the other family.",
        GUIDE + "reference_policies_elements_condition_operators.html#Conditions_IPAddress",
        when("NotIpAddress", "aws:SourceIp", "2001:db8::7", {"aws:SourceIp": "203.0.113.7"}),
        "allowed",
        "implicitly_denied",
        lambda asked: uses("NotIpAddress", "2001:db8::7")(asked) or uses("NotIpAddress", "203.0.113.7")(asked),
    ),
    "IfExists holds for a missing key, whatever stands before": Disagreement(
        "If the key is not present, a condition with `IfExists` is true; the page excepts no operator but `Null`.",
        GUIDE + "reference_policies_elements_condition_operators.html#Conditions_IfExists",
        when("ForAnyValue:StringEqualsIfExists", "aws:TagKeys", "a", {}),
        "allowed",
        "implicitly_denied",
        lambda asked: any(used.startswith("ForAnyValue") and used.endswith("IfExists") for _, used, _, _ in conditions(asked)),
    ),
    "dates are seconds since 1970, too": Disagreement(
        "Dates can be given in the forms of ISO 8601 or in seconds since 1970, whatever the other side has.",
        GUIDE + "reference_policies_elements_condition_operators.html#Conditions_Date",
        when("DateEquals", "aws:CurrentTime", "1376697599", {"aws:CurrentTime": "2013-08-16T23:59:59Z"}),
        "allowed",
        "implicitly_denied",
    ),
    "a year is a date": Disagreement(
        "The W3C's note, to which the page points, has years and months as dates.",
        GUIDE + "reference_policies_elements_condition_operators.html#Conditions_Date",
        when("DateLessThan", "aws:CurrentTime", "2014", {"aws:CurrentTime": "2013-08-16T23:59:59Z"}),
        "allowed",
        "implicitly_denied",
    ),
    "binary values are compared as bytes": Disagreement(
        "The policy's Base64 is compared byte for byte with the value of the key, which may be given as it is.",
        GUIDE + "reference_policies_elements_condition_operators.html#Conditions_BinaryEquals",
        when("BinaryEquals", "aws:PrincipalTag/k", "QmluYXJ5VmFsdWVJbkJhc2U2NA==", {"aws:PrincipalTag/k": "BinaryValueInBase64"}),
        "allowed",
        "implicitly_denied",
    ),
    "a session that is named is not limited by its session policy": Disagreement(
        "What a resource's policy grants to the session itself is not limited by an implicit deny of a session policy.",
        GUIDE + "reference_policies_evaluation-logic_policy-eval-denyallow.html",
        question(principal=SESSION, resource_policy=granting({"AWS": SESSION}), session_policy=policy(statement(action="ec2:*"))),
        "allowed",
        "implicitly_denied",
        lambda asked: asked["session_policy"] is not None
        and asked["resource_account"] == OURS
        and any(names(one, "*", asked["principal"]) for one in statements(asked, "Allow")),
    ),
    "what is granted to everybody is not limited by a session policy": Disagreement(
        "Boundaries and session policies do not limit what is granted with a wildcard in `Principal`; for identities of the same "
        "account no other permissions are required.",
        GUIDE + "reference_policies_elements_principal.html#principal-anonymous",
        question(principal=SESSION, resource_policy=granting("*"), session_policy=policy(statement(action="ec2:*"))),
        "allowed",
        "implicitly_denied",
    ),
    "a federated user without a session policy has no permissions": Disagreement(
        "Without session policies, a session from GetFederationToken has no permissions but those of policies that name it.",
        "https://docs.aws.amazon.com/STS/latest/APIReference/API_GetFederationToken.html",
        question(principal=FEDERATED, identity_policies=[ALLOW]),
        "implicitly_denied",
        "allowed",
        lambda asked: asked["principal"] == FEDERATED and asked["session_policy"] is None,
    ),
    "the root user has full access": Disagreement(
        "All requests are denied by default, except those of the account's root user, which has full access.",
        GUIDE + "reference_policies_evaluation-logic_policy-eval-denyallow.html",
        question(principal=ROOT),
        "allowed",
        "implicitly_denied",
        lambda asked: asked["principal"] == ROOT,
    ),
    "no identity policy or boundary can be attached to the root user": Disagreement(
        "The root user is not affected by identity policies and has no permissions boundary.",
        GUIDE + "access_policies.html",
        question(principal=ROOT, identity_policies=[policy(statement("Deny"))]),
        "allowed",
        "explicitly_denied",
    ),
    "a root user assumes no role": Disagreement(
        "AssumeRole cannot be called with the credentials of a root user.",
        "https://docs.aws.amazon.com/STS/latest/APIReference/API_AssumeRole.html",
        question(
            principal=ROOT,
            action="sts:AssumeRole",
            resource=ROLE,
            identity_policies=[ALLOW],
            resource_policy=policy(statement(action="sts:AssumeRole", resource=None, Principal={"AWS": ROOT})),
        ),
        "implicitly_denied",
        "allowed",
    ),
    "a role's trust policy must have its say": Disagreement(
        "Trust policies must allow the access explicitly, in the same account too. Every role has one; where none is given, none allows.",
        GUIDE + "reference_policies_evaluation-logic_policy-eval-denyallow.html",
        question(action="sts:AssumeRole", resource=ROLE, identity_policies=[ALLOW]),
        "implicitly_denied",
        "allowed",
        lambda asked: asked["action"] == "sts:AssumeRole" and asked["resource_policy"] is None,
    ),
    "an account in NotPrincipal does not except its users": Disagreement(
        "The page's example names a user and the user's account, and says that all but this user are denied.",
        GUIDE + "reference_policies_elements_notprincipal.html",
        question(
            principal=BOB,
            identity_policies=[ALLOW],
            resource_policy=policy(statement("Deny", NotPrincipal={"AWS": [USER, ROOT]})),
        ),
        "explicitly_denied",
        "allowed",
        lambda asked: any(ROOT in one.get("NotPrincipal", {}).get("AWS", []) for one in statements(asked, "Deny")),
    ),
}

