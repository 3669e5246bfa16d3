// What every page has: menus close when somebody clicks elsewhere, goes on with Tab or presses Escape.

const menus = () => document.querySelectorAll("details.switch[open]");

document.addEventListener("click", (event) => {
  for (const menu of menus()) if (!menu.contains(event.target)) menu.open = false;
});

document.addEventListener("focusout", (event) => {
  for (const menu of menus()) if (event.relatedTarget && !menu.contains(event.relatedTarget)) menu.open = false;
});

document.addEventListener("keydown", (event) => {
  if (event.key !== "Escape" || !menus().length) return;
  for (const menu of menus()) {
    if (menu.contains(document.activeElement)) menu.querySelector("summary").focus();
    menu.open = false;
  }
  // It means the menu alone.
  event.stopPropagation();
});

// Where places lie in a row, the one that is looked at may be out of sight.
for (const current of document.querySelectorAll(".places [aria-current], .tabs [aria-current]")) {
  const row = current.closest("ul");
  const from = current.getBoundingClientRect().left - row.getBoundingClientRect().left;
  row.scrollLeft += from - (row.clientWidth - current.offsetWidth) / 2;
}

// A form that comes back says so in the title, and leads to the first field that is not right, or to what is said above it.
const wrong = document.querySelector("main [aria-invalid=true]") ?? document.querySelector("main [role=alert]:not([hidden], .viewer *)");
if (wrong) {
  document.title = `Error: ${document.title}`;
  const closed = wrong.closest("details:not([open])");
  if (closed) closed.open = true;
  if (!wrong.matches("input, select, textarea")) wrong.tabIndex = -1;
  wrong.focus();
}

// A form that is under way is not sent twice.
document.addEventListener("submit", (event) => {
  const button = event.submitter;
  if (button?.getAttribute("aria-busy") === "true") event.preventDefault();
  else button?.setAttribute("aria-busy", "true");
});
addEventListener("pageshow", () => {
  for (const button of document.querySelectorAll("[aria-busy]")) button.removeAttribute("aria-busy");
});
