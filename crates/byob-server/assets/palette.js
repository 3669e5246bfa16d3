// The search, as a dialog over every page: "/" or Ctrl and K opens it, the arrows choose, Enter goes there. Without scripts its link leads to
// the page of the same search, which gives the results here as well.

const link = document.getElementById("find");
const dialog = document.createElement("dialog");
dialog.className = "palette";
dialog.setAttribute("aria-label", "Search");
dialog.innerHTML = `<form role="search"><input type="text" role="combobox" aria-label="What to find" aria-autocomplete="list" aria-expanded="false"
  aria-controls="palette-found" autocomplete="off" spellcheck="false" autocapitalize="off"></form><div class="told"></div><p class="visually-hidden" role="status"></p>`;
const input = dialog.querySelector("input");
input.placeholder = link.dataset.placeholder;
const told = dialog.querySelector(".told");
const status = dialog.querySelector("[role=status]");
/** Somebody who types fast asks once: buckets are asked, too. */
const PAUSE = 150;
let options = [], chosen = -1, timer, asked = "", latest = Promise.resolve();

function open() {
  if (dialog.open) return input.select();
  if (!dialog.isConnected) document.body.append(dialog);
  dialog.showModal();
  input.select();
  latest = search();
}

function choose(index) {
  options[chosen]?.setAttribute("aria-selected", "false");
  chosen = options.length ? (index + options.length) % options.length : -1;
  const option = options[chosen];
  input.setAttribute("aria-expanded", String(options.length > 0));
  if (!option) return input.removeAttribute("aria-activedescendant");
  option.setAttribute("aria-selected", "true");
  option.scrollIntoView({ block: "nearest" });
  input.setAttribute("aria-activedescendant", option.id);
}

/** Asks for what is typed now; an answer to what was typed before is dropped. */
async function search() {
  clearTimeout(timer);
  const q = asked = input.value;
  const url = new URL(link.href);
  url.searchParams.set("q", q);
  url.searchParams.set("part", "true");
  url.searchParams.set("bucket", new URLSearchParams(location.search).get("bucket") ?? "");
  try {
    const response = await fetch(url);
    if (response.redirected || !response.ok) throw new Error(response.redirected ? "You are no longer signed in: reload this page." : `The service answered ${response.status}.`);
    const found = await response.text();
    if (q !== asked) return;
    // The server's own markup, in which everything from outside is escaped.
    told.innerHTML = found;
  } catch (error) {
    if (q !== asked) return;
    told.textContent = error.message;
  }
  show();
}

/** The list of links becomes a list of options. */
function show() {
  const list = told.querySelector("ul");
  options = list ? [...list.querySelectorAll("a")] : [];
  if (list) Object.assign(list, { id: "palette-found", role: "listbox" });
  for (const [number, option] of options.entries()) {
    option.parentElement.role = "presentation";
    Object.assign(option, { id: `palette-${number}`, role: "option", tabIndex: -1, ariaSelected: "false" });
  }
  status.textContent = options.length ? `${options.length} found` : told.textContent;
  choose(0);
}

link.addEventListener("click", (event) => {
  if (event.ctrlKey || event.metaKey || event.shiftKey) return;
  event.preventDefault();
  open();
});

document.addEventListener("keydown", (event) => {
  const typing = event.target.closest("input, textarea, select, [contenteditable]");
  const slash = event.key === "/" && !typing && !event.ctrlKey && !event.metaKey && !event.altKey;
  if (slash || (event.key.toLowerCase() === "k" && (event.ctrlKey || event.metaKey) && !event.altKey && !event.shiftKey)) {
    event.preventDefault();
    open();
  }
});

input.addEventListener("input", () => {
  clearTimeout(timer);
  // What was found before does not fit any more: Enter waits for what fits.
  latest = new Promise((resolve) => { timer = setTimeout(resolve, PAUSE); }).then(search);
});

input.addEventListener("keydown", (event) => {
  const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
  if (!step) return;
  event.preventDefault();
  choose(chosen + step);
});

// Keys are for the dialog alone: a page below it moves pictures with the arrows.
dialog.addEventListener("keydown", (event) => { if (event.key !== "k") event.stopPropagation(); });

dialog.querySelector("form").addEventListener("submit", async (event) => {
  event.preventDefault();
  event.stopPropagation();
  if (input.value !== asked) latest = search();
  await latest;
  options[chosen]?.click();
});

// The way back leads to the page, not to the search over it.
addEventListener("pagehide", () => dialog.close());

// A click beside it closes it.
dialog.addEventListener("click", (event) => { if (event.target === dialog) dialog.close(); });
