// What is picked in a bucket, from folder to folder, in lists and grids: how much that is, and its locators copied without leaving the page.

export const form = document.getElementById("selection");
const bar = form?.querySelector(".selection");
const status = bar?.querySelector("[role=status]");
const action = form && new URL(form.action);
const store = `byob-picked ${action?.pathname} ${action?.searchParams.get("bucket")}`;
/** Locators, in the order in which they were picked. */
export const picked = new Set(JSON.parse(sessionStorage.getItem(store) ?? "[]"));

export function pick(locator, wanted) {
  if (wanted) picked.add(locator);
  else picked.delete(locator);
}

/** Says how much is picked, and how much of it on this page. */
export function tell(here) {
  bar.hidden = false;
  // Nothing covers the files until something is picked; what can be done is said to those who do not see it.
  bar.classList.toggle("visually-hidden", !picked.size);
  for (const button of bar.querySelectorAll("button")) button.hidden = !picked.size;
  bar.classList.toggle("some", picked.size > 0);
  const elsewhere = picked.size > here ? `, ${here.toLocaleString()} of them on this page` : "";
  status.textContent = picked.size ? `${picked.size.toLocaleString()} picked${elsewhere}` : "Pick files to copy their locators";
  try {
    sessionStorage.setItem(store, JSON.stringify([...picked]));
  } catch {
    // Browsers have room for about a hundred thousand: more are picked only as long as the page is there.
  }
}

/** Offers what can be done with what is picked. `none` is called when nothing is picked any more, and the button for that is gone: it takes the focus. */
export function offer(none) {
  const clear = document.createElement("button");
  clear.type = "button";
  clear.className = "plain small";
  clear.textContent = "Pick none";
  clear.addEventListener("click", () => { picked.clear(); none(); });
  status.after(clear);

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
    // As the boxes of a list have it: a form would change the ends of lines in a key.
    for (const locator of picked) formData.append("locator", JSON.stringify(locator));
  });
}
