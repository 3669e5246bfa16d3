// The files before and after this one: links, and the arrow keys. They take the place of this page, so that the way back leads to the folder,
// and so does Escape.

import { note } from "./last.js";
import { call } from "./resolve.js";

const viewer = document.getElementById("viewer");
const { organization, keys: keysUrl, name, locator: own } = viewer.dataset;
const [previous, next] = ["previous", "next"].map((id) => document.getElementById(id));
/** So many pages of names are looked through. */
const MOST = 20;

async function names() {
  const known = JSON.parse(sessionStorage.getItem("byob-names") ?? "null");
  // One beyond it is needed, too, unless there is none.
  const knownAt = known?.url === keysUrl ? known.names.indexOf(name) : -1;
  if (knownAt >= 0 && (known.complete || knownAt + 1 < known.names.length)) return known.names;
  const found = [];
  let cursor = "";
  for (let page = 0; page < MOST; page += 1) {
    const url = new URL(keysUrl, location.href);
    if (cursor) url.searchParams.set("cursor", cursor);
    const answer = await call(organization, url);
    found.push(...answer.files);
    cursor = answer.next_cursor;
    const at = found.indexOf(name);
    if (!cursor || (at >= 0 && at + 1 < found.length)) break;
  }
  sessionStorage.setItem("byob-names", JSON.stringify({ url: keysUrl, names: found, complete: !cursor }));
  return found;
}

function lead(link, other) {
  if (other === undefined) return;
  const url = new URL(location.href);
  const locator = url.searchParams.get("locator").replace(/\?versionId=[^?]*$/, "");
  const key = locator.slice(0, locator.length - name.length) + other;
  url.searchParams.set("locator", key.includes("?versionId=") ? `${key}?versionId=` : key);
  link.href = url;
  link.hidden = false;
  link.addEventListener("click", (event) => {
    if (event.ctrlKey || event.metaKey || event.shiftKey) return;
    event.preventDefault();
    location.replace(link.href);
  });
}

/** The folder, where somebody comes from it as they left it. */
function up() {
  const folder = [...document.querySelectorAll(".trail a")].at(-1);
  const entries = globalThis.navigation?.entries() ?? [];
  const before = entries[globalThis.navigation?.currentEntry.index - 1]?.url;
  const of = (url) => { const { pathname, searchParams } = new URL(url); return [pathname, ...["bucket", "prefix", "view"].map((name) => searchParams.get(name) ?? "")].join("\n"); };
  if (before && of(before) === of(folder.href)) history.back();
  else folder.click();
}

note(own);
const all = keysUrl ? await names().catch(() => []) : [];
const at = all.indexOf(name);
if (at >= 0) {
  lead(previous, all[at - 1]);
  lead(next, all[at + 1]);
}

addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey || event.target.closest("input, textarea, video, audio")) return;
  if (event.key === "Escape" && !event.defaultPrevented) return up();
  // What is wider than its place is scrolled by these keys.
  const scrolled = event.target.closest("[tabindex='0']");
  if (scrolled && scrolled.scrollWidth > scrolled.clientWidth) return;
  const link = { ArrowLeft: previous, ArrowRight: next }[event.key];
  if (link && !link.hidden) link.click();
});
