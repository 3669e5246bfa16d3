// Picking files: all at once, a range with Shift, from page to page; how many are picked, and their locators copied without leaving the page.

const form = document.getElementById("selection");
const bar = form?.querySelector(".selection");
const status = bar?.querySelector("[role=status]");
const boxes = form ? [...form.querySelectorAll("tbody input")] : [];
/** What is picked in this bucket, in the order in which it was. */
const store = `byob-picked ${form?.getAttribute("action")}`;
const picked = new Set(JSON.parse(sessionStorage.getItem(store) ?? "[]"));
let last = null;

if (boxes.length) {
  const all = document.createElement("input");
  all.type = "checkbox";
  all.setAttribute("aria-label", "Pick all on this page");
  form.querySelector("thead .pick").append(all);
  const clear = document.createElement("button");
  clear.type = "button";
  clear.className = "plain small";
  clear.textContent = "Pick none";
  status.after(clear);

  const pick = (box, wanted) => {
    box.checked = wanted;
    if (wanted) picked.add(box.value);
    else picked.delete(box.value);
  };
  const count = () => {
    const here = boxes.filter((box) => box.checked).length;
    all.checked = here === boxes.length;
    all.indeterminate = here > 0 && !all.checked;
    // Nothing covers the list until something is picked; what can be done is said to those who do not see it.
    bar.classList.toggle("visually-hidden", !picked.size);
    for (const button of bar.querySelectorAll("button")) button.hidden = !picked.size;
    bar.classList.toggle("some", picked.size > 0);
    const elsewhere = picked.size > here ? `, ${here} of them on this page` : "";
    status.textContent = picked.size ? `${picked.size.toLocaleString()} picked${elsewhere}` : "Pick files to copy their locators";
    sessionStorage.setItem(store, JSON.stringify([...picked]));
  };
  all.addEventListener("change", () => { for (const box of boxes) pick(box, all.checked); count(); });
  clear.addEventListener("click", () => { for (const box of boxes) box.checked = false; picked.clear(); count(); });
  for (const box of boxes) {
    box.addEventListener("click", (event) => {
      const [from, to] = [boxes.indexOf(event.shiftKey && last ? last : box), boxes.indexOf(box)].sort((a, b) => a - b);
      for (const between of boxes.slice(from, to + 1)) pick(between, box.checked);
      last = box;
      count();
    });
  }

  form.addEventListener("submit", async (event) => {
    const copies = !event.submitter?.formAction.includes("selection.jsonl");
    setTimeout(() => event.submitter?.removeAttribute("aria-busy"));
    // A form sends what is on its page.
    if (picked.size && !(copies && navigator.clipboard)) return;
    event.preventDefault();
    if (!picked.size) return void (status.textContent = "No file is picked yet");
    await navigator.clipboard.writeText([...picked].join("\n"));
    status.textContent = picked.size === 1 ? "The locator is copied" : `${picked.size.toLocaleString()} locators are copied`;
  });
  form.addEventListener("formdata", ({ formData }) => {
    formData.delete("locator");
    for (const locator of picked) formData.append("locator", locator);
  });
  // On the way back, browsers tick what was ticked then.
  addEventListener("pageshow", () => { for (const box of boxes) box.checked = picked.has(box.value); count(); });
}
