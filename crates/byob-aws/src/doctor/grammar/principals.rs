//! Whom a trust policy names.

use super::{elements::Mender, rename, text};
use crate::{
    doctor::{
        arns,
        codes::Code,
        pasted::{entries_mut, get_mut},
    },
    iam::json::{Kind, Member, Value},
};

pub(super) fn mend(mender: &mut Mender<'_>, statement: &mut Value) {
    for element in ["Principal", "NotPrincipal"] {
        let Some(principal) = get_mut(statement, element) else { continue };
        into_object(mender, principal, element);
        if !matches!(principal.kind, Kind::Object(_)) {
            continue;
        }
        let kinds = ["AWS", "Service", "Federated", "CanonicalUser"];
        rename(principal, &kinds, "a principal", Some(mender.index), mender.findings);
        for entry in get_mut(principal, "AWS").map(entries_mut).into_iter().flatten() {
            mend_aws(mender, entry);
        }
    }
}

/// One text or a list of them means principals of AWS, unless it is `"*"`.
fn into_object(mender: &mut Mender<'_>, principal: &mut Value, element: &str) {
    let is_text = match &principal.kind {
        Kind::String(name) => name != "*",
        Kind::Number(_) => true,
        Kind::Array(entries) => !entries.is_empty(),
        _ => false,
    };
    if is_text {
        let detail = format!("`{element}` is `\"*\"` or an object, not {}.", principal.name());
        mender.findings.add(Code::PrincipalForm, mender.place(principal.at), detail);
        let (at, value) = (principal.at, principal.clone());
        principal.kind = Kind::Object(vec![Member { at, key: "AWS".into(), value }]);
    }
}

fn mend_aws(mender: &mut Mender<'_>, entry: &mut Value) {
    let place = mender.place(entry.at);
    if let Kind::Number(number) = &entry.kind {
        let detail = format!("The account ID `{number}` stands without quotation marks.");
        mender.findings.add(Code::AccountForm, place, detail);
        *entry = text(entry.at, number.clone());
    }
    let Kind::String(name) = &mut entry.kind else { return };
    if name.contains(['<', '>', '{']) || name.contains("ACCOUNT") || name.contains("YOUR") {
        mender.findings.add(Code::Placeholder, place, format!("`{name}` looks like something to be filled in."));
        mender.broken = true;
        return;
    }
    if name.contains(char::is_whitespace) && name.starts_with(char::is_whitespace) | !name.starts_with(char::is_numeric)
    {
        let better: String = name.chars().filter(|c| !c.is_whitespace()).collect();
        let detail = format!("`{name}` has a blank that does not belong to it.");
        mender.findings.add_with(Code::ArnBlank, place, detail, format!("Write `{better}`."));
        *name = better;
    }
    if let Some(better) = without_dashes(name) {
        let detail = format!("An account ID is twelve digits without dashes and blanks, not `{name}`.");
        mender.findings.add_with(Code::AccountForm, place, detail, format!("Write `{better}`."));
        *name = better;
    }
    let parts: Vec<&str> = name.splitn(6, ':').collect();
    match parts.as_slice() {
        ["arn", _, "iam" | "sts", _, "", _] => {
            let detail = format!("`{name}` has no account between its last two colons.");
            mender.findings.add(Code::PrincipalWithoutAccount, place, detail);
            mender.broken = true;
        }
        ["arn", _, "iam" | "sts", _, account, _] | [account] if is_wrong_account(account) => {
            let detail = format!("The account ID `{account}` has {} digits.", account.len());
            mender.findings.add(Code::AccountDigits, place, detail);
            mender.broken = true;
        }
        _ => {}
    }
    if let Some(mend) = arns::wrong_partition(name, mender.want.partition) {
        mender.findings.add_with(mend.code, place, mend.detail, format!("Write `{}`.", mend.better));
        *name = mend.better;
    }
}

fn is_wrong_account(text: &str) -> bool {
    !text.is_empty() && text.len() != 12 && text.bytes().all(|b| b.is_ascii_digit())
}

/// An account ID as AWS shows it, `1111-2222-3333`, alone or inside of an ARN.
fn without_dashes(name: &str) -> Option<String> {
    let account = name.split(':').find(|part| {
        let digits = part.bytes().filter(u8::is_ascii_digit).count();
        let separators = part.bytes().filter(|b| matches!(b, b'-' | b' ')).count();
        digits == 12 && separators > 0 && digits + separators == part.len()
    })?;
    let digits: String = account.chars().filter(char::is_ascii_digit).collect();
    Some(name.replacen(account, &digits, 1))
}
