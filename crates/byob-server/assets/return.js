// Coming back to a list, somebody is where they were: at the file or the folder that they looked at last, or at the nearest if that is gone.

import { comesFrom, leadsTo, note, standsBehind } from "./last.js";

const [name, prefix] = ["bucket", "prefix"].map((field) => document.querySelector(`.jump [name=${field}]`).value);
const bucket = `s3://${name}/`, folder = bucket + prefix;

function thing(link) {
  const of = new URL(link.href).searchParams;
  return of.get("locator") ?? bucket + (of.get("prefix") ?? "");
}

const links = [...document.querySelectorAll(".files tbody th a")];
const last = comesFrom(folder);
const opened = last && (links.find((link) => leadsTo(thing(link), last))
  ?? links.find((link) => standsBehind(thing(link), last, folder))
  // What is not here may be on a page that follows.
  ?? (document.querySelector("main a[rel=next]") ? null : links.at(-1)));

function enter() {
  if (document.activeElement !== document.body) return;
  opened.focus({ preventScroll: true });
  opened.scrollIntoView({ block: "nearest" });
}
// Browsers scroll to where somebody was when the page is there.
if (opened) {
  if (document.readyState === "complete") enter();
  else addEventListener("load", () => requestAnimationFrame(enter));
}
note(folder);
for (const link of links) link.addEventListener("click", () => note(thing(link)));
