// The document that mends what keeps a file from loading, as the report of a check shows it.

import { copies } from "./copy.js";

const TITLES = { access_policy: "Access policy", trust_policy: "Trust policy", cors: "CORS configuration" };

/** Shows it at the end of a note, if there is one, in place of one that is there. */
export function correct(note, corrected) {
  note.querySelector(".document")?.remove();
  if (!corrected) return;
  const title = `${TITLES[corrected.kind]}, as it should be`;
  const button = element("button", "Copy");
  Object.assign(button, { type: "button", hidden: true });
  button.dataset.copy = "corrected";
  const header = element("header", element("b", title), button);
  const code = element("code", JSON.stringify(corrected.document, null, 2));
  code.id = "corrected";
  const pre = element("pre", code);
  pre.tabIndex = 0;
  const group = element("div", header, pre);
  group.className = "document";
  group.setAttribute("role", "group");
  group.setAttribute("aria-label", title);
  note.append(group);
  copies(button);
}

function element(name, ...content) {
  const made = document.createElement(name);
  made.append(...content);
  return made;
}
