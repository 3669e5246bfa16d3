// Shows JSON as a tree, of which only what is open exists. What is no JSON, or not all of it, is shown as text.

import { highlight } from "./highlight.js";
import { note, showText } from "./viewer.js";

/** So many entries are shown at once, and so many characters of what is too long. */
const STEP = 100, BEGINNING = 256 * 1024;

/** A number that JavaScript would round: it is shown as it was written. */
class Exact { constructor(source) { this.source = source; } }

function parse(text) {
  return JSON.parse(text, (_, value, context) =>
    (typeof value === "number" && context?.source && String(value) !== context.source ? new Exact(context.source) : value));
}

const isBranch = (value) => value !== null && typeof value === "object" && !(value instanceof Exact);

function size(value) {
  const count = Array.isArray(value) ? value.length : Object.keys(value).length;
  return Array.isArray(value) ? `[${count}]` : `{${count}}`;
}

function element(name, className, text) {
  const made = document.createElement(name);
  made.className = className;
  made.textContent = text;
  return made;
}

function leaf(value) {
  if (value instanceof Exact) return element("span", "number", value.source);
  const kind = value === null || typeof value === "boolean" ? "keyword" : typeof value;
  return element("span", kind, JSON.stringify(value));
}

/** A name and what it stands for. */
function entry(name, value) {
  const item = document.createElement("li");
  const label = element("span", "name", name);
  if (!isBranch(value)) {
    item.append(label, leaf(value));
    return item;
  }
  const branch = document.createElement("details");
  const summary = document.createElement("summary");
  summary.append(label, element("span", "size", size(value)));
  branch.append(summary);
  branch.addEventListener("toggle", () => { if (branch.open && branch.children.length === 1) branch.append(entries(value)); });
  item.append(branch);
  return item;
}

function entries(value) {
  const all = Object.entries(value);
  const list = document.createElement("ul");
  const more = element("button", "plain small", "");
  const grow = () => {
    const shown = list.children.length;
    list.append(...all.slice(shown, shown + STEP).map(([name, inner]) => entry(name, inner)));
    const left = all.length - list.children.length;
    more.textContent = `Show ${Math.min(STEP, left)} more of ${left.toLocaleString()}`;
    more.hidden = left === 0;
  };
  more.type = "button";
  more.addEventListener("click", grow);
  grow();
  const both = document.createElement("div");
  both.append(list, more);
  return both;
}

await showText(4 * 1024 * 1024, (content, text, isAll) => {
  try {
    if (!isAll) throw new Error("It is cut off.");
    const value = parse(text);
    content.replaceChildren(isBranch(value) ? entries(value) : leaf(value));
    // The first levels are what somebody comes for.
    const first = content.querySelectorAll(":scope > div > ul > li > details");
    if (first.length <= 10) for (const branch of first) branch.open = true;
  } catch (error) {
    // Of what is no JSON, all is shown, for somebody looks for the fault.
    const shown = isAll ? text : text.slice(0, BEGINNING);
    const plain = element("pre", "", shown);
    plain.tabIndex = 0;
    content.replaceChildren(plain);
    highlight(plain.firstChild, "json");
    if (!isAll) note(content, `It is too long for a tree: the first ${shown.length.toLocaleString()} characters are shown as text.`);
    else note(content, error instanceof RangeError ? "It is nested too deeply for a tree, so it is shown as text." : `This is no valid JSON: ${error.message}`);
    return true;
  }
});
