// Picking files: how many are picked, all at once, a range with Shift, and their locators copied without leaving the page.

const form = document.getElementById("selection");
const bar = form?.querySelector(".selection");
const status = bar?.querySelector("[role=status]");
const boxes = form ? [...form.querySelectorAll("tbody input")] : [];
let last = null;

if (boxes.length) {
  const all = document.createElement("input");
  all.type = "checkbox";
  all.setAttribute("aria-label", "Pick all on this page");
  form.querySelector("thead .pick").append(all);

  const count = () => {
    const picked = boxes.filter((box) => box.checked).length;
    all.checked = picked === boxes.length;
    all.indeterminate = picked > 0 && !all.checked;
    bar.classList.toggle("some", picked > 0);
    status.textContent = picked ? `${picked} of ${boxes.length} picked` : "Pick files to copy their locators";
  };
  all.addEventListener("change", () => { for (const box of boxes) box.checked = all.checked; count(); });
  for (const box of boxes) {
    box.addEventListener("click", (event) => {
      if (event.shiftKey && last) {
        const [from, to] = [boxes.indexOf(last), boxes.indexOf(box)].sort((a, b) => a - b);
        for (const between of boxes.slice(from, to + 1)) between.checked = box.checked;
      }
      last = box;
      count();
    });
  }

  form.addEventListener("submit", async (event) => {
    const picked = boxes.filter((box) => box.checked).map((box) => box.value);
    const copies = !event.submitter?.formAction.includes("selection.jsonl");
    if (picked.length && !(copies && navigator.clipboard)) return setTimeout(() => event.submitter?.removeAttribute("aria-busy"));
    event.preventDefault();
    setTimeout(() => event.submitter?.removeAttribute("aria-busy"));
    if (!picked.length) return void (status.textContent = "No file is picked yet");
    await navigator.clipboard.writeText(picked.join("\n"));
    status.textContent = picked.length === 1 ? "The locator is copied" : `${picked.length} locators are copied`;
  });
  // On the way back, browsers tick what was ticked.
  addEventListener("pageshow", count);
}
