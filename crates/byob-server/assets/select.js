// Picking files of a list: all at once, a range with Shift, from page to page.

import { form, offer, pick, picked, tell } from "./picked.js";

const boxes = form ? [...form.querySelectorAll("tbody input")] : [];
const locator = (box) => JSON.parse(box.value);
let last = null;

if (form) {
  const all = document.createElement("input");
  all.type = "checkbox";
  all.setAttribute("aria-label", "Pick all on this page");
  if (boxes.length) form.querySelector("thead .pick").append(all);

  const show = () => {
    for (const box of boxes) box.checked = picked.has(locator(box));
    const here = boxes.filter((box) => box.checked).length;
    all.checked = here === boxes.length;
    all.indeterminate = here > 0 && !all.checked;
    tell(here);
  };
  all.addEventListener("change", () => { for (const box of boxes) pick(locator(box), all.checked); show(); });
  for (const box of boxes) {
    box.addEventListener("click", (event) => {
      const [from, to] = [boxes.indexOf(event.shiftKey && last ? last : box), boxes.indexOf(box)].sort((a, b) => a - b);
      for (const between of boxes.slice(from, to + 1)) pick(locator(between), box.checked);
      last = box;
      show();
    });
  }
  offer(() => { show(); (last ?? boxes[0])?.focus(); });
  // On the way back, browsers tick what was ticked then.
  addEventListener("pageshow", show);
}
