// What every page has: menus close when somebody clicks elsewhere or presses Escape.

const menus = () => document.querySelectorAll("details.switch[open]");

document.addEventListener("click", (event) => {
  for (const menu of menus()) if (!menu.contains(event.target)) menu.open = false;
});

document.addEventListener("keydown", (event) => {
  if (event.key === "Escape") for (const menu of menus()) menu.open = false;
});

// Where places lie in a row, the one that is looked at may be out of sight.
const current = document.querySelector(".places [aria-current]");
const row = current?.closest("ul");
if (row) row.scrollLeft = current.offsetLeft - (row.clientWidth - current.offsetWidth) / 2;

// A form that is under way is not sent twice.
document.addEventListener("submit", (event) => {
  const button = event.submitter;
  if (button?.getAttribute("aria-busy") === "true") event.preventDefault();
  else button?.setAttribute("aria-busy", "true");
});
addEventListener("pageshow", () => {
  for (const button of document.querySelectorAll("[aria-busy]")) button.removeAttribute("aria-busy");
});
