//! A file as a table: its first rows, which the server reads.

use byob_aws::Locator;
use byob_core::{
    Error,
    check::steps::StepName,
    files::table::{Column, ColumnKind, Table},
};
use maud::{Markup, html};
use serde_json::Value;

use super::back::Back;
use crate::{
    console::{
        here::Here,
        live::report::corrected,
        parts::{self, prose},
    },
    router::App,
};

/// So many rows are shown at first, and then so many.
const ROWS: [usize; 2] = [100, 1000];

/// The longest text of one cell, in characters.
const LONGEST_CELL: usize = 500;

pub async fn show(app: &App, here: &Here, locator: &Locator, rows: Option<usize>, back: &Back) -> Markup {
    match app.core.read_table(&here.reach(), locator, rows.unwrap_or(ROWS[0])).await {
        Ok(table) => view(here, locator, &table, back),
        Err(error) => refused(app, here, locator, &error).await,
    }
}

/// Why the bucket refuses the file, as the scripts of other viewers find it out, or else what it said.
async fn refused(app: &App, here: &Here, locator: &Locator, error: &Error) -> Markup {
    let found = match error.aws_fault() {
        Some(_) => app.core.diagnose_file(&here.reach(), &locator.to_string()).await.ok().flatten(),
        None => None,
    };
    // What only pages may not read, the service may.
    let found = found.filter(|found| found.step != StepName::BrowserCorsAllowed);
    let Some(found) = found else { return parts::trouble(here, error) };
    let found = if here.is_admin() { found } else { found.without_settings() };
    html! {
        div .note .bad role="alert" {
            p { (prose(&found.finding.detail)) }
            p { (prose(&found.finding.fix)) }
            @if let Some(id) = error.aws_fault().and_then(|fault| fault.request_id.as_ref()) { p .small { "AWS request ID: " code { (id) } } }
            @if let Some(document) = &found.finding.document { (corrected(found.step, document)) }
            @if here.is_admin() { p { a href=(here.path(&format!("integrations/{}", found.integration_id))) { "Check the connection" } } }
        }
    }
}

fn view(here: &Here, locator: &Locator, table: &Table, back: &Back) -> Markup {
    let goes_on = table.has_more && table.open_quote.is_none() && table.rows.len() < ROWS[1];
    html! {
        @if table.columns.is_empty() { p .lead { "The file is empty." } }
        @else {
            div .scroll tabindex="0" role="region" aria-label="Table" {
                table .table .rows {
                    thead { tr {
                        th .number { "Row" }
                        @for (number, column) in table.columns.iter().enumerate() { (heading(number, column)) }
                    } }
                    tbody {
                        @for (number, row) in table.rows.iter().enumerate() {
                            tr { th scope="row" .number { (number + 1) } @for (value, column) in row.iter().zip(&table.columns) { (cell(value, column.kind)) } }
                        }
                    }
                }
            }
        }
        div .read {
            p .hint { (read(table)) }
            @if !table.bad_lines.is_empty() {
                p .hint { "Left out, for they are no JSON: " (lines(table)) "." }
            }
            @if let Some(line) = table.open_quote {
                p .hint { "The row that begins in line " (line) " opens a quote that is not closed. It and what follows are left out." }
            }
            @if let Some(encoding) = table.encoding.filter(|encoding| *encoding != "UTF-8") {
                p .hint { "Read as " (encoding) "." }
            }
            @if goes_on {
                @let locator = locator.to_string();
                a .button href=(back.file_with(here, &locator, &[("rows", &ROWS[1].to_string())])) { "Show 1,000 rows" }
            }
        }
    }
}

fn heading(number: usize, column: &Column) -> Markup {
    html! {
        th scope="col" .number[is_number(column.kind)] {
            @if column.name.is_empty() { span .quiet { "Column " (number + 1) } } @else { (column.name) }
            span .kind { (column.kind.as_str()) }
        }
    }
}

fn is_number(kind: ColumnKind) -> bool {
    matches!(kind, ColumnKind::Integer | ColumnKind::Number | ColumnKind::Decimal)
}

fn cell(value: &Value, kind: ColumnKind) -> Markup {
    html! {
        @match value {
            Value::Null => td .quiet { "–" },
            Value::Number(number) => td .number { (number) },
            // A moment or a name is read best in one line.
            // A number as a text, in a table of texts.
            Value::String(text) if is_number(kind) => td .number { (shortened(text)) },
            Value::String(text) => td .short[text.len() <= 40] { (shortened(text)) },
            Value::Bool(_) | Value::Array(_) | Value::Object(_) => td .mono { (shortened(&value.to_string())) },
        }
    }
}

fn shortened(text: &str) -> String {
    match text.char_indices().nth(LONGEST_CELL) {
        Some((end, _)) => format!("{}…", &text[..end]),
        None => text.to_owned(),
    }
}

/// How much of the file this is.
fn read(table: &Table) -> String {
    let count = parts::count;
    let shown = count(table.rows.len() as u64);
    let rows = match (table.row_count, table.rows.len(), table.has_more) {
        (_, 1, true) => "The first row.".to_owned(),
        (Some(all), _, true) => format!("The first {shown} of {} rows.", count(all)),
        (None, _, true) => format!("The first {shown} rows."),
        (_, 1, false) => "1 row, which is all.".to_owned(),
        (_, _, false) => format!("{shown} rows, which are all."),
    };
    let columns = match table.column_count {
        all if all > table.columns.len() => {
            format!(" The first {} of {} columns.", table.columns.len(), count(all as u64))
        }
        _ => String::new(),
    };
    let (read, size) = (parts::bytes(table.bytes_read), parts::bytes(table.size));
    let amount =
        if table.bytes_read >= table.size { format!("all of its {size}") } else { format!("{read} of its {size}") };
    format!("{rows}{columns} The service read {amount} for this.")
}

fn lines(table: &Table) -> String {
    let first: Vec<String> = table.bad_lines.iter().take(10).map(ToString::to_string).collect();
    let rest = table.bad_line_count - first.len();
    let more = if rest > 0 { format!(" and {} more", parts::count(rest as u64)) } else { String::new() };
    format!("line {}{more}", first.join(", "))
}

#[cfg(test)]
mod tests {
    use byob_core::files::table::Format;

    use super::*;

    #[test]
    fn how_much_is_shown_is_said_in_numbers_that_can_be_read() {
        let table = Table {
            format: Format::Parquet,
            columns: Vec::new(),
            column_count: 2000,
            rows: vec![Vec::new(); 1000],
            row_count: Some(3_000_000),
            has_more: true,
            bad_lines: Vec::new(),
            bad_line_count: 0,
            open_quote: None,
            encoding: None,
            bytes_read: 7,
            size: 7,
        };
        let said = read(&table);
        assert!(said.starts_with("The first 1,000 of 3,000,000 rows. The first 0 of 2,000 columns."), "{said}");
    }
}
