// Coming back to a list, somebody is where they were: at the file or the folder that they looked at last.

import { comesFrom, leadsTo, note } from "./last.js";

const query = new URLSearchParams(location.search);
const bucket = `s3://${query.get("bucket")}/`;

function thing(link) {
  const of = new URL(link.href).searchParams;
  return of.get("locator") ?? bucket + (of.get("prefix") ?? "");
}

const links = [...document.querySelectorAll(".files tbody th a")];
const last = comesFrom();
const opened = last && links.find((link) => leadsTo(thing(link), last));

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
note(bucket + (query.get("prefix") ?? ""));
for (const link of links) link.addEventListener("click", () => note(thing(link)));
