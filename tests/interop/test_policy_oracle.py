"""`byob policy evaluate` decides as @cloud-copilot/iam-simulate does, an evaluator by others, unless AWS's documentation decides
between the two."""

import json
import os
import subprocess
from pathlib import Path

import pytest

import byob
import policy_cases
from policy_disagreements import DISAGREEMENTS

HERE = Path(__file__).resolve().parent
TOGETHER = 4000


def answers(command, questions):
    lines = "".join(json.dumps(question) + "\n" for question in questions)
    done = subprocess.run(command, input=lines, capture_output=True, text=True, encoding="utf-8", timeout=300)
    assert done.returncode == 0, done.stderr
    answered = [json.loads(line) for line in done.stdout.splitlines()]
    assert len(answered) == len(questions)
    return answered


def ours(questions):
    return answers([byob.binary(), "policy", "evaluate", "--jsonl"], questions)


def theirs(questions):
    tool = Path(os.environ.get("BYOB_IAM_SIMULATE", HERE.parents[1] / "target/interop-npm"))
    assert (tool / "node_modules").is_dir(), f"iam-simulate is not in {tool}; `cargo xtask test` installs it"
    return answers(["node", HERE / "iam_simulate.mjs", tool], questions)


KINDS = {
    "patterns": policy_cases.pattern_question,
    "conditions": policy_cases.condition_question,
    "decisions": policy_cases.decision_question,
}


@pytest.mark.parametrize("kind", KINDS)
def test_thousands_of_questions_are_decided_alike(kind):
    questions = policy_cases.questions(KINDS[kind], TOGETHER, seed=kind)
    decided, different, decisions = 0, [], set()
    for question, our, their in zip(questions, ours(questions), theirs(questions), strict=True):
        assert "decision" in our and "because" in our, (question, our)
        assert "decision" in their, (question, their)
        decisions.add(our["decision"])
        if our["decision"] == their["decision"]:
            decided += 1
        elif not any(known.covers(question) for known in DISAGREEMENTS.values()):
            different.append({"question": question, "ours": our, "theirs": their})
    assert not different, json.dumps(different[0], indent=1)
    # The questions are worth asking: most are decided alike, and in every way.
    assert decided > 0.9 * TOGETHER
    assert decisions == {"allowed", "implicitly_denied", "explicitly_denied"}


def test_every_disagreement_is_argued_and_still_there():
    examples = [known.example for known in DISAGREEMENTS.values()]
    for (name, known), our, their in zip(DISAGREEMENTS.items(), ours(examples), theirs(examples), strict=True):
        assert (our.get("decision"), their.get("decision")) == (known.ours, known.theirs), (name, our, their)
        assert known.argument and known.source.startswith("https://docs.aws.amazon.com/"), name


def refusal(**changes):
    """What is said to a question with something wrong in it."""
    (answer,) = ours([policy_cases.question(**changes)])
    assert set(answer) == {"error"}, answer
    return answer["error"]


def test_the_reason_names_the_statement():
    named = policy_cases.statement(Sid="Read")
    (answer,) = ours([policy_cases.question(identity_policies=[policy_cases.policy(named)])])
    assert answer["decision"] == "allowed" and "Read" in answer["because"]


def test_a_mistake_is_answered_in_its_place_with_its_position():
    text = '{"Version": "2012-10-17",\n "Statement": [{"Effect": "Allow", "Action": "s3:*", "Resource": "*"},]}'
    good = policy_cases.question(identity_policies=[json.loads(text.replace(",]", "]"))])
    bad = policy_cases.question(identity_policies=[text])
    first, mistake, last = ours([good, bad, good])
    assert first == last == {**first, "decision": "allowed"}
    assert mistake["error"]["code"] == "malformed_policy" and "line 2" in mistake["error"]["detail"]
    assert text[mistake["error"]["position"]] == ","


def test_a_policy_is_an_object_or_its_text():
    document = policy_cases.policy(policy_cases.statement())
    as_object, as_text = ours([policy_cases.question(identity_policies=[one]) for one in (document, json.dumps(document))])
    assert as_object == as_text and as_object["decision"] == "allowed"


def test_fields_left_out_mean_none():
    (answer,) = ours([{"principal": policy_cases.USER, "action": "s3:GetObject", "resource": policy_cases.OBJECT}])
    assert answer["decision"] == "implicitly_denied"


def test_the_path_of_a_sessions_role_comes_from_its_arn():
    role = f"arn:aws:iam::{policy_cases.OURS}:role/team/reader"
    resource_policy = policy_cases.policy(policy_cases.statement(Principal={"AWS": role}))
    asked = policy_cases.question(principal=policy_cases.SESSION, resource_policy=resource_policy)
    without, known = ours([asked, {**asked, "context": {"aws:PrincipalArn": role}}])
    assert (without["decision"], known["decision"]) == ("implicitly_denied", "allowed")


@pytest.mark.parametrize("principal", ["ana", "arn:aws:iam::111122223333:group/team", "arn:aws:s3:::bucket"])
def test_who_makes_no_requests_is_refused(principal):
    assert refusal(principal=principal)["code"] == "invalid_principal"


@pytest.mark.parametrize("action", ["", "GetObject", "s3:", "s3:Get*"])
def test_what_is_not_one_action_is_refused(action):
    assert refusal(action=action)["code"] == "invalid_action"
